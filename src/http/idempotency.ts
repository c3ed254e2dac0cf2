import { createHmac, hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Failure } from '../errors/failure.ts';
import type { IdempotencyStore } from '../store/store.ts';
import type { Answer } from './answer.ts';
import { callerOf } from './auth.ts';
import { rawBody } from './body.ts';

/**
 * Runs a POST once for each Idempotency-Key: the same request again gets the same answer, marked as a replay. Without
 * the header it just runs. A key belongs to one account and route.
 * @throws {Failure} InvalidHeader, IdempotencyMismatch, IdempotencyInFlight.
 */
export async function runOnce(
  store: IdempotencyStore,
  request: FastifyRequest,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const key = readIdempotencyKey(request);
  if (key === null) return await run();
  const { accountId } = callerOf(request);
  const keyHash = hash('sha256', JSON.stringify([request.routeOptions.url, request.params, key]));
  // Keyed with the caller's own key: a body may hold a password, and a plain hash could be guessed from a dump.
  const bodyHash = createHmac('sha256', key).update(rawBody(request)).digest('hex');
  const state = await store.begin(accountId, keyHash, bodyHash);
  if (state === 'other_body') throw usedForAnotherBody();
  if (state === 'in_flight')
    throw new Failure(
      'IdempotencyInFlight',
      'The first request with this Idempotency-Key has not finished.',
      {
        remedy: 'Wait a moment and send it again.',
      },
    );
  if (state !== 'mine') return { ...state, headers: { ...state.headers, 'idempotency-replayed': 'true' } };
  const answer = await run().catch(async (error: unknown) => {
    if (leftNothingBehind(error)) await store.abandon(accountId, keyHash);
    throw error;
  });
  await store.finish(accountId, keyHash, answer);
  return answer;
}

/** After any other error nobody knows whether something was stored: the key stays taken for its minute. */
const leftNothingBehind = (error: unknown): boolean =>
  error instanceof Failure && (error.status < 500 || error.code === 'Overloaded');

export const usedForAnotherBody = (): Failure =>
  new Failure('IdempotencyMismatch', 'This Idempotency-Key was used before, with another body.', {
    remedy: 'Use a new key for a new request.',
  });

/** @throws {Failure} InvalidHeader */
export function readIdempotencyKey({ headers }: FastifyRequest): string | null {
  const header = headers['idempotency-key'];
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw new Failure('InvalidHeader', 'Idempotency-Key must be 1 to 255 printable ASCII characters.', {
    remedy: 'A random UUID is a good key.',
  });
}
