import type { Timestamp } from './json.ts';

/** Asks for batches of a source to be loaded once more, into a destination, from what is kept of them. */
export interface StartReplay {
  readonly destination_id: number;
  /** As they were sent; all by default. */
  readonly tables?: readonly string[] | null;
  /** Leaves out what was received before; by default everything that is kept. */
  readonly since?: Timestamp | null;
  /** Also into tables that only grow, and hold these batches already: every row is added once more. */
  readonly force?: boolean | null;
}

/** How far that is. */
export interface Replay {
  readonly id: number;
  readonly source_id: number;
  readonly destination_id: number;
  /** `loading` until no batch is left, also while something stands in the way. */
  readonly state: 'loading' | 'completed' | 'cancelled';
  readonly since: Timestamp | null;
  readonly created_at: Timestamp;
  readonly batches: number;
  readonly batches_remaining: number;
  readonly batches_quarantined: number;
  readonly records: number;
  readonly tables: readonly ReplayedTable[];
}

export interface ReplayedTable {
  readonly table_name: string;
  readonly batches: number;
  readonly batches_remaining: number;
  readonly batches_quarantined: number;
  readonly records: number;
  readonly received_from: Timestamp;
  readonly received_to: Timestamp;
  /** Batches that were received until then were asked for, and are not kept any more. */
  readonly missing_until: Timestamp | null;
  /** Why it does not get on. */
  readonly error: { readonly message: string; readonly remedy: string; readonly code: string | null } | null;
}
