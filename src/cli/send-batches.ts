import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Code } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { isJsonObject } from '../lib/json.ts';
import { printable } from './printable.ts';

/** Where batches go. */
export interface ImportTarget {
  /** Of the server, without a path: `http://127.0.0.1:8080`. */
  readonly server: URL;
  /** Import token of the source. */
  readonly token: string;
}

export interface BatchSenderParts {
  readonly target: ImportTarget;
  readonly clock: Clock;
  /** How long a batch is tried again while the server cannot be reached or has no room. */
  readonly retryMilliseconds: number;
  /** Tells people that the server is gone, and that it is back. */
  note(remark: string): void;
}

export interface OutgoingBatch {
  /** JSON of `POST /v2/import/batch`. */
  readonly body: string;
  /** What it is, for messages: `3 messages of orders`. */
  readonly label: string;
}

/**
 * Sends a batch, again and again if need be; when it resolves, the batch survives a crash of the server, and stands
 * there once however often it was sent. Resolves with how many of its records the server set aside, as far as it said.
 * @throws {Failure} for what the server refuses, in its words; Overloaded when it has not taken the batch in time.
 */
export type SendBatch = (batch: OutgoingBatch) => Promise<number>;

/** A server that takes longer than this has lost the request. */
const answerMilliseconds = 60_000;
const firstDelay = 250;
const longestDelay = 5_000;
/** A server may ask for patience, but not for hours. */
const longestRetryAfter = 60_000;

interface Delay {
  readonly why: string;
  /** What the server asks for, in milliseconds. */
  readonly atLeast: number;
}

export function createBatchSender({ target, clock, retryMilliseconds, note }: BatchSenderParts): SendBatch {
  return async ({ body, label }) => {
    const bytes = Buffer.from(body);
    // The server keeps keys of accepted bodies: sent twice, because an answer was lost, it counts once.
    const idempotencyKey = randomUUID();
    const deadline = clock.monotonic() + retryMilliseconds;
    for (let failures = 0; ; ) {
      const delay = await attempt(target, bytes, idempotencyKey, label);
      if (typeof delay === 'number') {
        if (failures > 0) note(`The server takes ${label} now.`);
        return delay;
      }
      failures += 1;
      const wait = Math.max(delay.atLeast, delayAfter(failures));
      if (clock.monotonic() + wait > deadline) throw gaveUp(delay.why, label);
      if (failures === 1) note(`${delay.why}. Trying again …`);
      await pause(wait);
    }
  };
}

/** Up to a quarter less, so that senders that failed together do not come back together. */
const delayAfter = (failures: number): number =>
  Math.min(longestDelay, firstDelay * 2 ** Math.min(failures - 1, 16)) * (1 - Math.random() / 4);

const gaveUp = (why: string, label: string): Failure =>
  new Failure('Overloaded', `${label}: ${why}`, {
    remedy:
      'Start the server, or give its address with --server; then run this command again. If an answer was lost, the server may have this batch: a table without key names would get it twice.',
  });

/** The number of records that were set aside: the batch is durable. Otherwise it can be tried again. @throws {Failure} when that would not help. */
async function attempt(
  { server, token }: ImportTarget,
  body: Uint8Array,
  idempotencyKey: string,
  label: string,
): Promise<Delay | number> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(new URL('/v2/import/batch', server), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        // One bad record must not stop a tap all night.
        prefer: 'handling=lenient',
      },
      body,
      // A token follows no redirect to another host.
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMilliseconds),
    });
    text = await answer.text();
  } catch (error) {
    return { why: `${server.origin} does not answer (${reasonOf(error)})`, atLeast: 0 };
  }
  const { status } = answer;
  const said = parse(text);
  if (answer.ok) {
    if (isJsonObject(said) && (said.status === 'OK' || said.status === 'Accepted'))
      return Number(answer.headers.get('backstitch-rejected-records') ?? 0);
    // A proxy on the way may say 200 on its own.
    return { why: `${server.origin} answers ${status}, but not as this server does`, atLeast: 0 };
  }
  if (status >= 500 || status === 429 || status === 408) {
    const seconds = Number(answer.headers.get('retry-after') ?? 0);
    const atLeast = Number.isFinite(seconds) ? Math.min(seconds * 1000, longestRetryAfter) : 0;
    return { why: `${server.origin} answers ${status}: ${textOf(said, text)}`, atLeast };
  }
  throw refused(status, textOf(said, text), label);
}

function refused(status: number, text: string, label: string): Failure {
  const { code, remedy } = refusals[status] ?? { code: 'InvalidBody' as const };
  return new Failure(
    code,
    `the server refuses ${label} with status ${status}: ${text}`,
    remedy === undefined ? {} : { remedy },
  );
}

const refusals: Readonly<Record<number, { readonly code: Code; readonly remedy?: string }>> = {
  400: {
    code: 'InvalidBody',
    remedy: 'Nothing of this batch was stored.',
  },
  401: {
    code: 'Unauthorized',
    remedy:
      'An active source and one of its import tokens are needed: POST /v4/sources/{id}/tokens makes one.',
  },
  404: { code: 'NotFound', remedy: 'Give the address of a Backstitch server with --server.' },
  413: { code: 'PayloadTooLarge', remedy: 'A record of this batch is too large.' },
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What to tell people about records that the server set aside. */
export const setAside = (records: number): string =>
  `${records} of the records ${records === 1 ? 'breaks' : 'break'} the rules and ${records === 1 ? 'was' : 'were'} set aside: GET /v4/sources/{id}/rejected says which, and why`;

/** The words of an answer, on one line. */
function textOf(said: unknown, raw: string): string {
  if (typeof said === 'string') return printable(said);
  if (isJsonObject(said)) {
    const inner = isJsonObject(said.errors) ? said.errors.error : undefined;
    const words = [said.message, said.error, inner].filter((word) => typeof word === 'string');
    if (words.length > 0) return printable(words.join(': '));
  }
  return printable(raw.slice(0, 200)) || 'no text';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing within ${answerMilliseconds / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
