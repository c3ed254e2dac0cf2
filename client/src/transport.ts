import { errorFromAnswer } from './error-from-answer.ts';
import { type BackstitchError, ConnectionError, TimeoutError } from './errors.ts';
import { pause } from './pause.ts';

export interface ClientOptions {
  /** Where the server is: `https://backstitch.example.com`. In a browser, the page's own origin by default. */
  readonly baseUrl?: string | URL;
  /** Token of the account. Left out in a browser that is signed in: its cookie goes along. */
  readonly token?: string;
  /** Milliseconds that an answer may take; 60,000 by default. What waits on purpose may take so much longer. */
  readonly timeout?: number;
  /**
   * How often what can be repeated without harm (reading, and creating with an idempotency key) is tried again while
   * the server cannot be reached or has no room; 2 by default.
   */
  readonly retries?: number;
  /** Stands for the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Call extends CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that the server was asked to wait. */
  readonly waits?: number;
}

export interface Answer<T> {
  readonly value: T;
  readonly headers: Headers;
}

/** Calls of one server with one token. */
export interface Transport {
  /** @throws {BackstitchError}; the signal's reason once that is aborted. */
  call<T>(path: string, call?: Call): Promise<Answer<T>>;
  /** The answer before its body is read. @throws as {@link call} */
  open(path: string, call?: Call): Promise<Response>;
}

const firstDelay = 250;
const longestDelay = 10_000;

export function createTransport(options: ClientOptions): Transport {
  const { token, timeout = 60_000, retries = 2 } = options;
  const base = new URL(
    options.baseUrl ?? (globalThis as { location?: { origin: string } }).location?.origin ?? '',
  );
  const send = options.fetch ?? globalThis.fetch.bind(globalThis);

  const urlOf = (path: string, query: Call['query'] = {}): URL => {
    const url = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  };

  async function attempt(path: string, { method = 'GET', query, body, headers = {}, signal }: Call) {
    const init: RequestInit = {
      method,
      headers: {
        ...(token === undefined ? { 'backstitch-session': '1' } : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
      } as Record<string, string>,
      credentials: token === undefined ? 'same-origin' : 'omit',
      // A token follows no redirect to another host.
      redirect: 'error',
      ...(signal && { signal }),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
    return await send(urlOf(path, query), init);
  }

  async function once<T>(path: string, call: Call, read: (answer: Response) => Promise<T>): Promise<T> {
    const late = AbortSignal.timeout(timeout + (call.waits ?? 0));
    const signal = call.signal ? AbortSignal.any([call.signal, late]) : late;
    try {
      const answer = await attempt(path, { ...call, signal });
      if (!answer.ok) throw errorFromAnswer(answer.status, answer.headers, await answer.text());
      return await read(answer);
    } catch (error) {
      throw explain(error, { base, late, own: call.signal });
    }
  }

  /** What can be repeated is, with pauses that grow. */
  async function call<T>(path: string, request: Call = {}): Promise<Answer<T>> {
    const read = async (answer: Response): Promise<Answer<T>> => ({
      value: (await answer.json()) as T,
      headers: answer.headers,
    });
    const repeatable =
      (request.method ?? 'GET') === 'GET' || request.headers?.['idempotency-key'] !== undefined;
    for (let failures = 0; ; failures += 1) {
      try {
        return await once(path, request, read);
      } catch (error) {
        if (!repeatable || failures >= retries || !mayPass(error)) throw error;
        await pause(Math.max(delayAfter(failures), patienceFor(error)), request.signal);
      }
    }
  }

  return {
    call,
    async open(path, request = {}) {
      // The body may go on for ever: only its beginning has to come in time.
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), timeout);
      const signal = request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal;
      try {
        const answer = await attempt(path, { ...request, signal });
        if (!answer.ok) throw errorFromAnswer(answer.status, answer.headers, await answer.text());
        return answer;
      } catch (error) {
        throw explain(error, { base, late: late.signal, own: request.signal });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Up to a quarter less, so that clients that failed together do not come back together. */
export const delayAfter = (failures: number): number =>
  Math.min(longestDelay, firstDelay * 2 ** Math.min(failures, 16)) * (1 - Math.random() / 4);

/** What the server asks for, in milliseconds; not more than a caller would wait. */
const patienceFor = (error: unknown): number =>
  Math.min(longestDelay, ((error as BackstitchError).retryAfterSeconds ?? 0) * 1000);

/** The same call may succeed later. */
export function mayPass(error: unknown): boolean {
  const { name, status, code } = error as BackstitchError;
  if (name === 'ConnectionError' || name === 'TimeoutError') return true;
  return code === 'IdempotencyInFlight' || [429, 502, 503, 504].includes(status);
}

interface Circumstances {
  readonly base: URL;
  readonly late: AbortSignal;
  readonly own: AbortSignal | undefined;
}

function explain(error: unknown, { base, late, own }: Circumstances): unknown {
  if (error instanceof Error && 'requestId' in error) return error;
  if (own?.aborted) return own.reason;
  const facts = { status: 0, remedy: null, requestId: null, data: {}, cause: error };
  if (error instanceof SyntaxError)
    return new ConnectionError({
      ...facts,
      code: 'ConnectionFailed',
      message: `${base.origin} does not answer as a Backstitch server does.`,
      remedy: 'See that the address is right.',
    });
  if (late.aborted)
    return new TimeoutError({ ...facts, code: 'Timeout', message: `${base.origin} did not answer in time.` });
  return new ConnectionError({
    ...facts,
    code: 'ConnectionFailed',
    message: `${base.origin} does not answer: ${reasonOf(error)}.`,
    remedy: 'See that the address is right and the server is running.',
  });
}

/** What is behind Node's "fetch failed". */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || message || String(error);
}
