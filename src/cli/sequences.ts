import type { Clock } from '../lib/clock.ts';

/**
 * Makes sequences for records: nanoseconds since 1970, each larger than the one before. They lead the clock by no more
 * than the records of one millisecond, so that those of the next start are larger, too, unless the clock is set back
 * while nothing runs.
 */
export function createSequences(clock: Pick<Clock, 'now'>): () => bigint {
  let last = 0n;
  return () => {
    const now = BigInt(Math.floor(clock.now())) * 1_000_000n;
    last = now > last ? now : last + 1n;
    return last;
  };
}
