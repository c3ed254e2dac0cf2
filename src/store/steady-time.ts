import type { Clock } from '../lib/clock.ts';

/** The wall time when the store was opened, carried on by a clock that never goes back: leases live by it. */
export function steadyTime(clock: Clock): () => number {
  const offset = clock.now() - clock.monotonic();
  return () => Math.floor(offset + clock.monotonic());
}
