import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Failure } from '../../errors/failure.ts';
import type { Intake, Reservation } from '../../intake/intake.ts';
import { maxBodyBytes } from '../../intake/limits.ts';
import { freeMemory } from '../../lib/own-memory.ts';
import type { Encoding } from './media-type.ts';
import { tooLarge } from './refusal.ts';

/** The body cannot be inflated: it is not what its Content-Encoding says, or it ends too early. */
export class DamagedBody extends Error {
  override readonly name = 'DamagedBody';
}

/** A body with the room it takes up; disposing gives the room back. */
export interface ReadBody extends Disposable {
  readonly bytes: Uint8Array;
}

/** What is reserved first for a body that does not say how long it will be. */
const firstGuess = 256 * 1024;

/**
 * Reads a body, inflates it, and keeps within the room that the intake gives. Bytes are counted while they stream:
 * what is too large is not read to its end. Nothing is read before there is room.
 * @throws {ImportRefusal} 413. @throws {DamagedBody}. @throws {Failure} Overloaded; InvalidBody when the client goes.
 */
export async function readBody(
  message: IncomingMessage,
  encoding: Encoding,
  { intake, accountId }: { readonly intake: Pick<Intake, 'reserve'>; readonly accountId: number },
): Promise<ReadBody> {
  const length = announcedLength(message);
  if (length !== null && length > maxBodyBytes) throw tooLarge(length);
  const isExact = encoding === 'identity' && length !== null;
  const expected = isExact ? length : guess(length);
  const reservation = await intake.reserve(expected, accountId);
  try {
    const bytes = await collect(message, encoding, expected, reservation);
    reservation.complete();
    return { bytes, [Symbol.dispose]: () => reservation[Symbol.dispose]() };
  } catch (error) {
    reservation[Symbol.dispose]();
    // The rest is read and forgotten, until the time of the request is over: the sender shall see the answer.
    message.resume();
    throw error;
  }
}

/** JSON shrinks to about an eighth. */
const guess = (length: number | null): number =>
  Math.max(firstGuess, Math.min(maxBodyBytes, (length ?? 0) * 8));

function announcedLength({ headers }: IncomingMessage): number | null {
  const { 'content-length': length, 'transfer-encoding': chunked } = headers;
  if (length === undefined) return chunked === undefined ? 0 : null;
  return Number(length);
}

async function collect(
  message: IncomingMessage,
  encoding: Encoding,
  expected: number,
  reservation: Reservation,
): Promise<Uint8Array> {
  const inflater = encoding === 'gzip' ? createGunzip() : encoding === 'zstd' ? createZstdDecompress() : null;
  const failed = (error: Error) => inflater?.destroy(error);
  if (inflater) message.once('error', failed).pipe(inflater);
  try {
    return await gather(inflater ?? message, expected, reservation);
  } catch (error) {
    if (message.destroyed && !message.complete)
      throw new Failure('InvalidBody', 'The request ended before its body was complete.', { cause: error });
    if (isInflationError(error)) throw new DamagedBody(`it is no valid ${encoding}`, { cause: error });
    throw error;
  } finally {
    message.off('error', failed);
    if (inflater) {
      message.unpipe(inflater);
      inflater.destroy();
    }
  }
}

const isInflationError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(Z_|ZSTD_|ERR_ZSTD)/.test(String(error.code));

/** All bytes in one buffer, which grows in steps for which there is room. */
function gather(source: Readable, expected: number, reservation: Reservation): Promise<Uint8Array> {
  let buffer = Buffer.allocUnsafe(expected);
  let used = 0;
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();

  const makeRoom = (needed: number): void => {
    if (needed > maxBodyBytes) throw tooLarge(needed);
    if (needed <= buffer.length) return;
    const larger = Math.min(maxBodyBytes, Math.max(needed, buffer.length * 2));
    if (!reservation.resize(larger))
      throw new Failure('Overloaded', 'The server holds as many bytes of requests as it may');
    const grown = Buffer.allocUnsafe(larger);
    buffer.copy(grown, 0, 0, used);
    buffer = grown;
  };
  const add = (chunk: Buffer): void => {
    try {
      makeRoom(used + chunk.length);
      used += chunk.copy(buffer, used);
      // Nobody else reads it, and the garbage collector would go through the whole heap for a few of them.
      freeMemory(chunk);
      reservation.arrived(used);
    } catch (error) {
      source.off('data', add);
      reject(error);
    }
  };
  const end = () => resolve(buffer.subarray(0, used));
  const endEarly = () => reject(new Error('the body ended too early'));
  // Every body closes after its end, too; an error is made only where it is met.
  const close = () => {
    if (!source.readableEnded) endEarly();
  };
  const giveUp = () => reject(reservation.signal.reason);

  // Gone while it waited for room: it says so no more.
  if (source.destroyed) endEarly();
  source.on('data', add).once('end', end).once('error', reject).once('close', close);
  reservation.signal.addEventListener('abort', giveUp, { once: true });
  return promise.finally(() => {
    source.off('data', add).off('end', end).off('error', reject).off('close', close).pause();
    reservation.signal.removeEventListener('abort', giveUp);
  });
}
