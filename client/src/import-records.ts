import { type CutBatch, cutBatches } from './cut-batches.ts';
import { errorFromAnswer } from './error-from-answer.ts';
import { type BackstitchError, ServerError, TimeoutError } from './errors.ts';
import { pause } from './pause.ts';
import { randomKey } from './random-key.ts';
import { createTransport, delayAfter, mayPass } from './transport.ts';
import type { JsonObject } from './wire/json.ts';

export interface ImportOptions {
  /** Where the server is. */
  readonly baseUrl: string | URL;
  /** Import token of the source, `at_…`. */
  readonly token: string;
  readonly table: string;
  /** JSON Schema (draft 4) of the records; it decides the types of the columns. */
  readonly schema: JsonObject;
  /** What makes a record the same as an earlier one; left out, the table is append-only. */
  readonly keyNames?: readonly string[];
  readonly records: Iterable<object> | AsyncIterable<object>;
  /**
   * The number by which one record of a key is newer than another, as bigint where it has more than 15 digits; by
   * default the time in nanoseconds, strictly increasing.
   */
  readonly sequence?: (record: object, index: number) => number | bigint;
  /** `reject` (by default) sets single records aside that break the rules; `refuse` stops at the first one. */
  readonly onInvalid?: 'reject' | 'refuse';
  /** Most bytes and records of one batch: 4 MB and 10,000 by default; the server takes 20 MB and 20,000. */
  readonly batchBytes?: number;
  readonly batchRecords?: number;
  /** Batches under way at the same time, 2 by default; no more records are asked for while they are. */
  readonly concurrency?: number;
  /** How long a batch is tried again while the server cannot be reached or has no room; ten minutes by default. */
  readonly retryMilliseconds?: number;
  readonly signal?: AbortSignal;
  /** Called when a batch is durable. */
  readonly onBatch?: (batch: ImportedBatch) => void;
  readonly fetch?: typeof globalThis.fetch;
}

export interface ImportedBatch {
  readonly records: number;
  /** How many of them the server has set aside. */
  readonly rejected: number;
}

export interface Imported extends ImportedBatch {
  readonly batches: number;
}

/**
 * Sends records into a table; when it resolves, all of them are durable at the server, each once, however often a batch
 * had to be sent. Records are asked for as they can be sent, so that any number fits. After an error, batches that were
 * under way may have arrived.
 * @throws {BackstitchError} for what the server refuses; the signal's reason once that is aborted.
 */
export async function importRecords(options: ImportOptions): Promise<Imported> {
  const { concurrency = 2, onBatch } = options;
  const failing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failing.signal]) : failing.signal;
  const send = createSender(options, signal);
  const underWay = new Set<Promise<void>>();
  const total = { records: 0, rejected: 0, batches: 0 };
  let failure: { readonly error: unknown } | undefined;

  const begin = (batch: CutBatch): void => {
    const ended = send(batch)
      .then((rejected) => {
        total.records += batch.records;
        total.rejected += rejected;
        total.batches += 1;
        onBatch?.({ records: batch.records, rejected });
      })
      .catch((error: unknown) => {
        failure ??= { error };
        failing.abort(error);
      })
      .finally(() => underWay.delete(ended));
    underWay.add(ended);
  };

  try {
    for await (const batch of cutBatches(options)) {
      signal.throwIfAborted();
      begin(batch);
      if (underWay.size >= concurrency) await Promise.race(underWay);
      if (failure) break;
    }
  } catch (error) {
    failure ??= { error };
    failing.abort(error);
  }
  await Promise.all(underWay);
  if (failure) throw options.signal?.aborted ? options.signal.reason : failure.error;
  return total;
}

/** A server that takes longer than this has lost the request. */
const answerMilliseconds = 60_000;

/** Sends a batch until it is taken; resolves with how many of its records were set aside. */
function createSender(options: ImportOptions, signal: AbortSignal): (batch: CutBatch) => Promise<number> {
  const { baseUrl, token, onInvalid = 'reject', retryMilliseconds = 600_000 } = options;
  const { open } = createTransport({
    baseUrl,
    token,
    timeout: answerMilliseconds,
    ...(options.fetch && { fetch: options.fetch }),
  });

  const attempt = async (body: string, key: string): Promise<number> => {
    const answer = await open('/v2/import/batch', {
      method: 'POST',
      body,
      headers: {
        'idempotency-key': key,
        prefer: `handling=${onInvalid === 'reject' ? 'lenient' : 'strict'}`,
      },
      signal,
    });
    const text = await answer.text();
    if (!/"status":"(OK|Accepted)"/.test(text)) throw notOurs(answer, text);
    return Number(answer.headers.get('backstitch-rejected-records') ?? 0);
  };

  return async ({ body }) => {
    // The server keeps the keys of what it took: sent twice, because an answer was lost, it counts once.
    const key = randomKey();
    const end = performance.now() + retryMilliseconds;
    for (let failures = 0; ; failures += 1) {
      try {
        return await attempt(body, key);
      } catch (error) {
        const wait = Math.max(retryAfter(error), delayAfter(failures));
        if (signal.aborted || !mayBeSentAgain(error)) throw error;
        if (performance.now() + wait > end) throw tookTooLong(error as BackstitchError);
        await pause(wait, signal);
      }
    }
  };
}

/** The connection may also break while the answer is read. */
const mayBeSentAgain = (error: unknown): boolean =>
  mayPass(error) || (error as BackstitchError).status >= 500 || !('requestId' in (error as object));

const longestRetryAfter = 60_000;
const retryAfter = (error: unknown): number =>
  Math.min(longestRetryAfter, ((error as BackstitchError).retryAfterSeconds ?? 0) * 1000);

/** A proxy on the way may say 200 on its own: nothing was promised then. */
function notOurs({ headers }: Response, text: string): ServerError {
  const { message } = errorFromAnswer(502, headers, text);
  return new ServerError({
    message: `Something on the way to the server answered instead of it: ${message}`,
    code: 'NotAccepted',
    status: 502,
    remedy: 'See that the address is that of the server, not of a page in front of it.',
    requestId: null,
    data: {},
  });
}

const tookTooLong = (cause: BackstitchError): TimeoutError =>
  new TimeoutError({
    message: `A batch was not taken in time: ${cause.message}`,
    code: 'Timeout',
    status: 0,
    remedy: 'Import again when the server takes records: a table with key names has each record once then.',
    requestId: cause.requestId ?? null,
    data: {},
    cause,
  });
