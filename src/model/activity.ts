import type { StreamError } from './source.ts';

/** How loading went in a span of time, and how it stands now. */
export interface Activity {
  /** Only steps of time in which loads were completed, oldest first. */
  readonly points: readonly ActivityPoint[];
  /** Every table that was ever sent, of sources that are not deleted, by source and name. */
  readonly tables: readonly TableActivity[];
}

/** Loads completed in one step of time. */
export interface ActivityPoint {
  /** Its beginning, in milliseconds since 1970. */
  readonly at: number;
  readonly loads: number;
  readonly rowsLoaded: number;
  readonly rowsRejected: number;
}

/** A table of a source: what was loaded in the span, what waits, and what is wrong. */
export interface TableActivity extends Omit<ActivityPoint, 'at'> {
  readonly sourceId: number;
  readonly table: string;
  readonly lastLoadedAt: number | null;
  readonly batchesWaiting: number;
  readonly bytesWaiting: number;
  /** When the oldest batch that waits was accepted; null: none waits. */
  readonly waitingSince: number | null;
  readonly error: StreamError | null;
}
