import type { Timestamp } from './json.ts';

/** How loading went in a span of time, and how it stands. */
export interface Activity {
  readonly since: Timestamp;
  readonly until: Timestamp;
  readonly step_seconds: number;
  /** Only steps in which something was loaded, oldest first. */
  readonly points: readonly ActivityPoint[];
  readonly tables: readonly TableActivity[];
}

export interface ActivityPoint {
  /** Where the step begins. */
  readonly at: Timestamp;
  readonly loads: number;
  readonly rows_loaded: number;
  readonly rows_rejected: number;
}

/** A table of a source: what was loaded in the span, what waits now, and what is wrong. */
export interface TableActivity extends Omit<ActivityPoint, 'at'> {
  readonly source_id: number;
  readonly table_name: string;
  readonly last_loaded_at: Timestamp | null;
  readonly batches_waiting: number;
  readonly bytes_waiting: number;
  /** When the oldest batch that waits was accepted. */
  readonly waiting_since: Timestamp | null;
  readonly error: {
    readonly message: string;
    readonly remedy: string;
    readonly code: string | null;
    readonly since: Timestamp;
  } | null;
}
