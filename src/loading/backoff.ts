import type { LoadFailure } from '../destinations/session.ts';

/** How long to wait after failures. */
export interface Backoff {
  /** After the first failure; doubled with each further one. */
  readonly firstMilliseconds: number;
  readonly mostMilliseconds: number;
  /** Refusals in a row after which only probes are sent: accounts get locked. */
  readonly refusalsBeforeProbes: number;
  /** Between probes. */
  readonly probeMilliseconds: number;
}

/**
 * Milliseconds until the next attempt.
 * @param failures in a row, this one included.
 * @param random from 0 to 1; takes up to a quarter off, so that what failed together is not repeated together.
 */
export function delayAfter(
  kind: LoadFailure['kind'],
  failures: number,
  random: number,
  backoff: Backoff,
): number {
  const { firstMilliseconds, mostMilliseconds, refusalsBeforeProbes, probeMilliseconds } = backoff;
  // A probe is never early: five minutes are promised.
  if (kind === 'refused' && failures >= refusalsBeforeProbes)
    return Math.round(probeMilliseconds * (1 + random / 8));
  // 2^31 is far beyond any limit, and still a number.
  const doubled = firstMilliseconds * 2 ** Math.min(failures - 1, 31);
  return Math.round(Math.min(doubled, mostMilliseconds) * (1 - random / 4));
}
