import type { Check } from '../model/check.ts';
import type { Change } from '../model/destination.ts';
import type { TableResult } from '../model/load-result.ts';
import type { StreamError } from '../model/source.ts';
import type { ToldChange } from './rejection-store.ts';

/**
 * What happened in an account, read from what is stored anyway: nothing is written for it. A commit may become visible
 * a moment after its time: who follows asks for a little more than what is new, and leaves out what is known.
 */
export interface EventStore {
  lately(input: { accountId: number; since: number; limit: number }): Promise<Lately>;
}

/** Each list in no order, and with at most `limit` entries: the newest ones. All that has a time is of `since` or later. */
export interface Lately {
  /** About the time of the store. */
  readonly now: number;
  /** Some list had more entries than the limit. */
  readonly more: boolean;
  /** Under way. */
  readonly running: readonly Check[];
  readonly ended: readonly Check[];
  /** Under way: planned, and taken by a worker. */
  readonly planned: readonly LoadUnderWay[];
  readonly loaded: readonly LoadedLoad[];
  /** Tables whose last load failed. */
  readonly failed: readonly FailedTable[];
  readonly rejected: readonly RejectedOfLoad[];
  readonly tableChanges: readonly (ToldChange & { readonly id: number })[];
  readonly destinationChanges: readonly DestinationChange[];
}

export interface OfTable {
  readonly sourceId: number;
  readonly sourceName: string;
  readonly table: string;
}

export interface LoadUnderWay extends OfTable {
  readonly loadId: string;
  readonly destinationId: number;
  readonly batchedAt: number;
  readonly batches: number;
  readonly bytes: number;
}

export interface LoadedLoad extends LoadUnderWay {
  readonly completedAt: number;
  readonly rowsLoaded: number;
  readonly rowsRejected: number;
  readonly droppedAsOlder: number;
  readonly tables: readonly TableResult[];
}

export interface FailedTable extends OfTable {
  readonly at: number;
  readonly error: StreamError;
  /** It waits for somebody to act. */
  readonly blocked: boolean;
  readonly retryAt: number | null;
}

/** A part of what a load rejected. */
export interface RejectedOfLoad extends OfTable {
  readonly id: number;
  readonly loadId: string;
  readonly batchId: string;
  readonly at: number;
  /** Whole records, and values that were left out of records that were loaded. */
  readonly records: number;
  readonly values: number;
  /** Of the first one. */
  readonly reason: string;
}

export interface DestinationChange extends Pick<Change, 'at' | 'revision' | 'actor' | 'action'> {
  readonly destinationId: number;
  /** 1, 2, 3 … within the destination. */
  readonly number: number;
  readonly properties: readonly string[];
}
