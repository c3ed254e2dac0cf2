import type { Backoff } from './backoff.ts';

/** How the loader works. All of it has a default that suits one process on two cores. */
export interface LoaderOptions extends Backoff {
  /** Loads that this process carries at the same time. */
  readonly concurrency: number;
  /** Of them, loads into one destination; leaves room for the others when one is slow. */
  readonly perDestination: number;
  /** Raw bytes and batches of one load, at most; a batch that is larger is a load of its own. */
  readonly maxBytes: number;
  readonly maxBatches: number;
  /** Raw bytes of large bodies that are parsed at the same time; parsed they take several times as much memory. */
  readonly parsedBytes: number;
  /** How long a batch may wait for others, so that senders of single records are loaded together. 0: not at all. */
  readonly joinMilliseconds: number;
  /** With so many bytes together nothing waits for more. */
  readonly joinBytes: number;
  /** A load of so many raw bytes is followed by the next of its lane, if that has as many: it is staged meanwhile. */
  readonly aheadBytes: number;
  /** How long a lane goes on from load to load while others wait. */
  readonly turnMilliseconds: number;
  /** How long a load stays with a process that gives no sign of life. */
  readonly leaseMilliseconds: number;
  readonly heartbeatMilliseconds: number;
  /**
   * A load that nobody lived through is carried only by a process that has lived so long itself: one that is killed
   * again and again by somebody else says nothing about its loads.
   */
  readonly suspicionMilliseconds: number;
  /** How often to look for loads when nothing hints at one. */
  readonly pollMilliseconds: number;
  /** How long loads may go on after the loader was told to stop. */
  readonly finishMilliseconds: number;
  /** How long a connection to a destination that has nothing to load stays open. */
  readonly idleMilliseconds: number;
  /** How long payloads are kept after they were loaded, and how many bytes of all payloads on the disk at most. */
  readonly keepMilliseconds: number;
  readonly keepBytes: number;
  /** How often payloads that need not be kept are dropped. */
  readonly dropEveryMilliseconds: number;
}

export const defaultLoaderOptions: LoaderOptions = {
  concurrency: 4,
  perDestination: 2,
  maxBytes: 16 * 1024 * 1024,
  maxBatches: 1_000,
  parsedBytes: 20 * 1024 * 1024,
  joinMilliseconds: 200,
  joinBytes: 8 * 1024 * 1024,
  aheadBytes: 4 * 1024 * 1024,
  turnMilliseconds: 3_000,
  leaseMilliseconds: 30_000,
  heartbeatMilliseconds: 7_000,
  suspicionMilliseconds: 5_000,
  pollMilliseconds: 2_000,
  finishMilliseconds: 15_000,
  idleMilliseconds: 30_000,
  keepMilliseconds: 7 * 24 * 60 * 60 * 1000,
  keepBytes: 10_000_000_000,
  dropEveryMilliseconds: 60_000,
  firstMilliseconds: 1_000,
  mostMilliseconds: 60_000,
  refusalsBeforeProbes: 5,
  probeMilliseconds: 300_000,
};
