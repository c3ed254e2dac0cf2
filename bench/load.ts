import autocannon, { type Options } from 'autocannon';

/** What one run of requests came to. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly total: number;
}

/** Sends requests as fast as the connections allow. Throws when any of them failed: a rate of errors means nothing. */
export async function load(options: Options): Promise<Load> {
  const { requests, latency, errors, timeouts, non2xx } = await autocannon(options);
  if (errors + timeouts + non2xx > 0)
    throw new Error(`${errors} errors, ${timeouts} timeouts and ${non2xx} answers other than 2xx`);
  return { perSecond: requests.average, p50: latency.p50, p99: latency.p99, total: requests.total };
}

/** The middle value; of an even number of values the lower of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
