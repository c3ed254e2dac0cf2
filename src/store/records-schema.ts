import type { Generated } from 'kysely';

/** The tables that records go through; see {@link Schema} for what holds for all tables. */
export interface RecordsSchema {
  sources: SourcesTable;
  lanes: LanesTable;
  loads: LoadsTable;
  batches: BatchesTable;
  lane_totals: Totals & { lane_id: number };
  account_totals: Totals & { account_id: number };
  rejections: RejectionsTable;
  schema_changes: SchemaChangesTable;
}

export interface SourcesTable {
  id: Generated<number>;
  account_id: number;
  type: string;
  display_name: string;
  name: string;
  properties: string;
  destination_id: number | null;
  paused_at: number | null;
  system_paused_at: number | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  /** The source that it repeats, for a replay. */
  replay_of: number | null;
}

/** One (source, table): what is loaded in order, by one owner at a time, and how its last load went. */
export interface LanesTable {
  id: Generated<number>;
  account_id: number;
  source_id: number;
  table_name: string;
  /** Grows with each owner. */
  fence: number;
  /** Null while nobody loads it, as are the next two. */
  owner: string | null;
  lease_until: number | null;
  /** The planned load that the owner works on. */
  load_id: string | null;
  /** Rests until then. */
  retry_at: number | null;
  blocked: number;
  /** A StreamError as JSON. */
  error: string | null;
  last_attempt_at: number | null;
  last_loaded_at: number | null;
  /** The fence that its last load left in the destination; null while it is not known. */
  loaded_fence: number | null;
  /** A LoadGap as JSON. */
  gap: string | null;
  /** The lane that it repeats, for a lane of a replay. */
  origin_id: number | null;
  /** When the newest batch came whose payload was dropped. */
  forgotten_until: number | null;
}

export interface LoadsTable {
  id: string;
  account_id: number;
  lane_id: number;
  destination_id: number;
  revision: number;
  /** Position of its first batch; planned loads of a lane go in this order. */
  first_position: number;
  batched_at: number;
  /** How often it was handed out. */
  attempts: number;
  /**
   * How often its owner was gone before it said how it went. Below zero: as often as its opposite, and it would not
   * count if the owner of now were gone, who is not at its records.
   */
  crashes: number;
  /** Fence of its last owner. */
  fence: number;
  batches: number;
  raw_bytes: number;
  stored_bytes: number;
  /** Null while it is only planned, as are the next three. */
  completed_at: number | null;
  rows_loaded: number | null;
  rows_rejected: number | null;
  dropped_as_older: number | null;
  /** A Place as JSON; null while it is only planned, or an older version of the program completed it. */
  place: string | null;
  /** When it was found to be missing in its destination, and could not be repeated. */
  missing_at: number | null;
  /** Its TableResults as JSON; null also for one that an older version of the program completed. */
  tables: string | null;
}

export interface BatchesTable {
  /** Order of acceptance within the store. */
  position: Generated<number>;
  id: string;
  account_id: number;
  source_id: number;
  lane_id: number;
  format: 'batch' | 'push' | 'push_transit';
  /** Batches of one load have the same. */
  load_group: string;
  records: number;
  /** Of these, so many break the rules and are set aside when they are loaded; null: not known. */
  rejected: number | null;
  raw_bytes: number;
  stored_bytes: number;
  received_at: number;
  /** The load it was planned into or loaded by. */
  load_id: string | null;
  suspect: number;
  /** Null while it waits. */
  outcome: 'loaded' | 'quarantined' | 'discarded' | null;
  /** Since when its payload is only retained; 0 for one that was discarded. Null while it waits. */
  ended_at: number | null;
  error: string | null;
  /** Since when it is to be discarded, once its load is known not to stand in the destination. */
  discard_asked_at: number | null;
  /** The batch whose payload it has; null: its own. */
  origin: string | null;
}

/** Sums over the shards count; a single shard may be below zero. */
interface Totals {
  outcome: 'waiting' | 'loaded' | 'quarantined';
  shard: number;
  batches: number;
  raw_bytes: number;
  stored_bytes: number;
}

/** What one load rejected of one batch, or a part of it. */
export interface RejectionsTable {
  id: Generated<number>;
  account_id: number;
  source_id: number;
  lane_id: number;
  load_id: string;
  batch_id: string;
  rejected_at: number;
  /** How many of the entries are whole records. */
  records: number;
  /** As `packRejections` writes them. */
  entries: string;
  /** Since when its records wait in a batch of their own, to be loaded again. */
  retried_at: number | null;
}

export interface SchemaChangesTable {
  id: Generated<number>;
  account_id: number;
  source_id: number;
  lane_id: number;
  destination_id: number;
  load_id: string;
  changed_at: number;
  table_name: string;
  kind: 'table_created' | 'column_added' | 'column_split';
  before_text: string | null;
  after_text: string;
  /** A JSON array. */
  views: string;
}
