import type { LoadResult } from '../model/load-result.ts';
import type { StreamError } from '../model/source.ts';
import type { PlannedLoad } from '../store/load-store.ts';

/** Carries accepted batches into their destinations, each exactly once, for as long as it runs. */
export interface Loader extends AsyncDisposable {
  /** Starts taking loads. Call once. */
  start(): void;
  /**
   * Calls back after each load that this process ended. Never awaited; what a listener throws is logged.
   * Returns a function that ends it.
   */
  onEvent(listener: (event: LoadEvent) => void): () => void;
  /** Loads that this process is carrying. */
  readonly running: number;
  /**
   * Takes no more loads, lets those under way finish for `finishMilliseconds`, gives the others back. What was given
   * back or cut off is repeated by whoever takes it next. May be called twice.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

export type LoadEvent = LoadedEvent | LoadFailedEvent | BatchesQuarantinedEvent;

/** The load's rows stand in the destination, and its result is durable in the store. */
export interface LoadedEvent {
  readonly kind: 'loaded';
  readonly load: PlannedLoad;
  readonly result: LoadResult;
  readonly totals: LoadTotals;
  /** From taking the load to its result being durable. */
  readonly seconds: number;
  /** From the acceptance of its oldest batch to its result being durable. */
  readonly lagSeconds: number;
}

/** Over all tables of a load. */
export interface LoadTotals {
  readonly rowsLoaded: number;
  readonly rowsRejected: number;
  readonly droppedAsOlder: number;
}

/** The destination failed; the load is repeated. */
export interface LoadFailedEvent {
  readonly kind: 'failed';
  readonly load: PlannedLoad;
  readonly error: StreamError;
  /** It waits for somebody to act, and is tried only now and then. */
  readonly blocked: boolean;
  readonly retryAt: number;
}

/** Batches that will not be loaded: damaged, or the loader cannot live through them. */
export interface BatchesQuarantinedEvent {
  readonly kind: 'quarantined';
  readonly load: PlannedLoad;
  readonly batchIds: readonly string[];
  readonly reason: string;
}
