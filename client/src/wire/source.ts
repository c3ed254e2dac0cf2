import type { JsonObject, Timestamp } from './json.ts';
import type { ReportCard } from './report-card.ts';

/** Where records come from. */
export interface Source {
  readonly id: number;
  readonly stitch_client_id: number;
  readonly type: string;
  readonly display_name: string;
  /** The schema in the destination. Never changes. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly schedule: null;
  readonly check_job_name: null;
  /** Null while it is not mapped: its records wait. */
  readonly destination_id: number | null;
  readonly paused_at: Timestamp | null;
  readonly system_paused_at: Timestamp | null;
  readonly created_at: Timestamp;
  readonly updated_at: Timestamp;
  readonly deleted_at: Timestamp | null;
  readonly report_card: ReportCard;
}

export interface CreateSource {
  readonly type: string;
  readonly display_name: string;
  readonly properties?: JsonObject;
  /** Left out: the account's only destination, if it has exactly one. */
  readonly destination_id?: number | null;
}

/** What is left out stays as it is. */
export interface UpdateSource {
  readonly display_name?: string;
  readonly properties?: JsonObject;
  readonly destination_id?: number | null;
  /** Any time pauses it now; null lets it go on. */
  readonly paused_at?: Timestamp | null;
}

/** Shown once. */
export interface IssuedToken {
  readonly id: number;
  readonly access_token: string;
}

/** Records that were accepted together, and what became of them. */
export interface Batch {
  readonly id: string;
  readonly table_name: string;
  readonly state: 'ready' | 'loading' | 'blocked' | 'quarantined' | 'loaded';
  readonly records: number;
  readonly bytes: number;
  readonly received_at: Timestamp;
  readonly age_seconds: number;
  /** Why it is blocked though nothing went wrong. */
  readonly waits_for: { readonly code: string; readonly message: string } | null;
  readonly last_error: string | null;
  readonly last_error_details: {
    readonly message: string;
    readonly remedy: string | null;
    readonly code: string | null;
    readonly since: Timestamp | null;
    readonly retry_at: Timestamp | null;
  } | null;
  /** Counts are of the whole load, which may hold other batches of the table. */
  readonly load: LoadOfBatch | null;
}

export interface LoadOfBatch {
  readonly id: string;
  readonly completed_at: Timestamp;
  readonly rows_loaded: number | null;
  readonly rows_rejected: number | null;
  readonly dropped_as_older: number | null;
  readonly tables: readonly LoadedTable[];
}

export interface LoadedTable {
  readonly table_name: string;
  readonly destination_table_name: string;
  readonly rows_loaded: number;
  readonly rows_rejected: number;
  readonly dropped_as_older: number;
  /** When all records were older than what stood there. */
  readonly warning: string | null;
}

/** A batch that is given up. */
export interface Discard {
  readonly id: string;
  readonly table_name: string;
  readonly records: number;
  readonly bytes: number;
  /** False: its load was begun before; it is discarded once the destination has told that it does not stand there. */
  readonly discarded: boolean;
}
