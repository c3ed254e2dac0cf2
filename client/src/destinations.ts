import { TimeoutError } from './errors.ts';
import { randomKey } from './random-key.ts';
import type { Answer, CallOptions, Transport } from './transport.ts';
import type { ConnectionCheck, ConnectionCheckWithSteps, TryOutResult } from './wire/check.ts';
import type {
  CreateDestination,
  Destination,
  DestinationChange,
  UpdateDestination,
} from './wire/destination.ts';
import type { DestinationForm } from './wire/destination-form.ts';
import type { JsonObject } from './wire/json.ts';
import type { DestinationType } from './wire/report-card.ts';

export interface WaitOptions extends CallOptions {
  /** Seconds (1 to 30) that the server waits for the end of the check before it answers. */
  readonly wait?: number;
}

export interface WriteOptions extends WaitOptions {
  /** Only if a check of the new settings succeeds; otherwise nothing changes. @throws {CheckFailedError} */
  readonly strict?: boolean;
}

export interface CreateOptions extends WriteOptions {
  /** The same key again makes nothing again. Random by default, which makes repetitions safe. */
  readonly idempotencyKey?: string;
}

export interface UpdateOptions extends WriteOptions {
  /** Only if it is still at this {@link Read.revision}. @throws {RevisionMismatchError} */
  readonly ifRevision?: string;
}

export interface Read {
  readonly destination: Destination;
  /** Changes with each change of the settings, and with nothing else. */
  readonly revision: string;
}

export interface Written extends Read {
  /** The check that this started or joined, or by which it was proved: for {@link Destinations.waitForCheck}. */
  readonly checkName: string;
}

/** Where data goes. */
export interface Destinations {
  /** Oldest first. */
  list(options?: CallOptions): Promise<readonly Destination[]>;
  /** @throws {NotFoundError} here and in all calls that take an id. */
  get(id: number, options?: CallOptions): Promise<Read>;
  create(destination: CreateDestination, options?: CreateOptions): Promise<Written>;
  update(id: number, changes: UpdateDestination, options?: UpdateOptions): Promise<Written>;
  delete(id: number, options?: CallOptions & { readonly ifRevision?: string }): Promise<void>;
  /** Newest first, 20 by default, 100 at most. */
  history(
    id: number,
    options?: CallOptions & { readonly limit?: number },
  ): Promise<readonly DestinationChange[]>;
  /** Starts a check of the stored settings, or joins the one that waits. */
  check(id: number, options?: WaitOptions): Promise<ConnectionCheckWithSteps>;
  /** Newest first. */
  checks(
    id: number,
    options?: CallOptions & { readonly limit?: number },
  ): Promise<readonly ConnectionCheckWithSteps[]>;
  lastCheck(id: number, options?: CallOptions): Promise<ConnectionCheck>;
  /**
   * Resolves with the check of that name, or the one that stands for it, when it has ended, whether or not it failed.
   * @param options.timeout milliseconds; 60,000 by default. @throws {TimeoutError}
   */
  waitForCheck(
    id: number,
    checkName: string,
    options?: CallOptions & { readonly timeout?: number },
  ): Promise<ConnectionCheckWithSteps>;
  /** Trusts the SSH host key that the last check saw, and starts a check. */
  acceptSshHostKey(id: number, options?: WaitOptions): Promise<ConnectionCheckWithSteps>;
  /** Checks properties, credentials included, without saving anything. */
  tryOut(type: string, properties: JsonObject, options?: CallOptions): Promise<TryOutResult>;
  types(options?: CallOptions): Promise<readonly DestinationType[]>;
  type(name: string, options?: CallOptions): Promise<DestinationType>;
  /** What people need to fill in the forms of the types. */
  forms(options?: CallOptions): Promise<readonly DestinationForm[]>;
}

/** What a check may take in all. */
const checkMilliseconds = 30_000;

export function createDestinations({ call }: Transport): Destinations {
  const at = (id: number, rest = ''): string => `/v4/destinations/${id}${rest}`;
  const value = async <T>(answer: Promise<Answer<T>>): Promise<T> => (await answer).value;
  const waitAt = async (path: string, { wait, signal }: WaitOptions, method: 'GET' | 'POST') =>
    await value(
      call<ConnectionCheckWithSteps>(path, {
        method,
        signal,
        headers: preferences({ wait, ...(signal && { signal }) }),
        waits: (wait ?? 0) * 1000,
      }),
    );

  return {
    list: ({ signal } = {}) => value(call<Destination[]>('/v4/destinations', { signal })),
    get: async (id, { signal } = {}) => readFrom(await call<Destination>(at(id), { signal })),
    async create(body, options = {}) {
      const { signal, wait = 0, idempotencyKey = randomKey() } = options;
      const headers = { ...preferences(options), 'idempotency-key': idempotencyKey };
      const waits = wait * 1000 + checkMilliseconds;
      return writtenFrom(await call('/v4/destinations', { method: 'POST', body, headers, waits, signal }));
    },
    async update(id, body, options = {}) {
      const { signal, wait = 0, ifRevision } = options;
      const headers = { ...preferences(options), 'if-match': ifRevision };
      const waits = wait * 1000 + checkMilliseconds;
      return writtenFrom(await call(at(id), { method: 'PUT', body, headers, waits, signal }));
    },
    async delete(id, { signal, ifRevision } = {}) {
      await call(at(id), { method: 'DELETE', headers: { 'if-match': ifRevision }, signal });
    },
    history: (id, { signal, limit } = {}) => value(call(at(id, '/history'), { query: { limit }, signal })),
    check: (id, options = {}) => waitAt(at(id, '/check'), options, 'POST'),
    checks: (id, { signal, limit } = {}) => value(call(at(id, '/checks'), { query: { limit }, signal })),
    lastCheck: (id, { signal } = {}) => value(call(at(id, '/last-connection-check'), { signal })),
    async waitForCheck(id, checkName, { timeout = 60_000, signal } = {}) {
      const end = performance.now() + timeout;
      for (;;) {
        const left = Math.ceil((end - performance.now()) / 1000);
        if (left <= 0) throw stillRunning(checkName, timeout);
        const wait = Math.min(left, 30);
        const path = at(id, `/checks/${encodeURIComponent(checkName)}`);
        const check = await waitAt(path, { wait, ...(signal && { signal }) }, 'GET');
        if (check.status !== 'running') return check;
      }
    },
    acceptSshHostKey: (id, options = {}) => waitAt(at(id, '/ssh-host-key'), options, 'POST'),
    tryOut: (type, properties, { signal } = {}) =>
      value(
        call(`/v4/destination-types/${encodeURIComponent(type)}/check`, {
          method: 'POST',
          body: { properties },
          waits: checkMilliseconds,
          signal,
        }),
      ),
    types: ({ signal } = {}) => value(call<DestinationType[]>('/v4/destination-types', { signal })),
    forms: ({ signal } = {}) => value(call<DestinationForm[]>('/v4/destination-forms', { signal })),
    type: (name, { signal } = {}) =>
      value(call(`/v4/destination-types/${encodeURIComponent(name)}`, { signal })),
  };
}

function preferences({ wait, strict }: WriteOptions): { prefer: string | undefined } {
  const all = [...(wait === undefined ? [] : [`wait=${wait}`]), ...(strict ? ['handling=strict'] : [])];
  return { prefer: all.length === 0 ? undefined : all.join(', ') };
}

const readFrom = ({ value, headers }: Answer<Destination>): Read => ({
  destination: value,
  revision: headers.get('etag') ?? '*',
});

const writtenFrom = (answer: Answer<Destination>): Written => ({
  ...readFrom(answer),
  checkName: answer.headers.get('backstitch-check') ?? '',
});

const stillRunning = (checkName: string, timeout: number): TimeoutError =>
  new TimeoutError({
    message: `The check ${checkName} has not ended within ${timeout} milliseconds.`,
    code: 'Timeout',
    status: 0,
    remedy: 'Wait longer: a check may wait for others before it runs.',
    requestId: null,
    data: {},
  });
