import type { Timestamp } from './json.ts';

/** The last load of one table. */
export interface Load {
  readonly stitch_client_id: number;
  readonly source_name: string;
  /** The table, as it was sent. */
  readonly stream_name: string;
  /** Null while it is in error. */
  readonly last_batch_loaded_at: Timestamp | null;
  readonly error_state: LoadErrorState | null;
  /** What the destination lost by going back in time, and is not kept here any longer. */
  readonly gap?: {
    readonly found_at: Timestamp | null;
    readonly loads: number;
    readonly rows: number;
    readonly from: Timestamp | null;
    readonly to: Timestamp | null;
    readonly remedy: string;
  };
}

export interface LoadErrorState {
  readonly notification_data: {
    readonly message: string;
    readonly exception_message: string;
    readonly error: string;
    readonly status: string;
    readonly action: string;
    readonly warehouse_message: string;
    readonly warehouse_error_code: string | null;
    readonly warehouse_sql_state: string | null;
    readonly column: null;
    readonly new_column: null;
  };
  readonly exception_chain: readonly {
    readonly class: string;
    readonly message: string;
    readonly chain_sequence_num: number;
    readonly action: string;
  }[];
}

/** What of a table was rejected and not retried. */
export interface RejectedTable {
  readonly table_name: string;
  readonly records: number;
  /** Values that were left out of records that were loaded. */
  readonly values: number;
  readonly first_rejected_at: Timestamp;
  readonly last_rejected_at: Timestamp;
  readonly reasons: readonly {
    readonly reason: string;
    readonly kind: 'record' | 'column';
    readonly count: number;
  }[];
  /** There are more than were counted. */
  readonly more: boolean;
}

/** A record, or a value of one, that could not be loaded. */
export interface Rejection {
  readonly table_name: string;
  readonly kind: 'record' | 'column';
  readonly reason: string;
  readonly batch_id: string;
  /** Of the message in its batch, from 0. */
  readonly position: number;
  readonly load_id: string;
  readonly rejected_at: Timestamp;
  readonly retried_at: Timestamp | null;
}

export interface RetriedRecords {
  readonly records: number;
  readonly batches: number;
  readonly left_out: readonly { readonly records: number; readonly why: string }[];
}

/** How a load changed a table. */
export interface SchemaChange {
  readonly changed_at: Timestamp;
  readonly kind: 'table_created' | 'column_added' | 'column_split';
  readonly source_id: number;
  readonly source_name: string;
  readonly destination_id: number;
  readonly table_name: string;
  readonly before: string | null;
  readonly after: string;
  /** Views that read the column which was split. */
  readonly dependent_views: readonly string[];
  readonly load_id: string;
}
