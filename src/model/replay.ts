import type { StreamError } from './source.ts';

/** Batches of a source that are loaded once more into a destination, from what is kept of them. */
export interface Replay {
  readonly id: number;
  readonly sourceId: number;
  readonly destinationId: number;
  /** Batches received before are left out, in milliseconds since 1970; null: none. */
  readonly since: number | null;
  readonly createdAt: number;
  /**
   * `loading` until no batch is left, also while something stands in the way ({@link ReplayedTable.error});
   * `cancelled`: what had not been loaded was given up.
   */
  readonly state: 'loading' | 'completed' | 'cancelled';
  /** In the order of their names. */
  readonly tables: readonly ReplayedTable[];
}

export interface ReplayedTable {
  /** `table_name` as the sender wrote it. */
  readonly table: string;
  readonly batches: number;
  readonly records: number;
  /** When the first and the last of them had been received. */
  readonly from: number;
  readonly to: number;
  /**
   * Batches of the table that had been received until then are not kept any more, though they were asked for; null: none
   * that is known of.
   */
  readonly missingUntil: number | null;
  /** Batches that wait; 0 once the replay has ended. */
  readonly remaining: number;
  readonly quarantined: number;
  /** Why it does not get on; null: nothing is wrong. */
  readonly error: StreamError | null;
}
