import type { Json, JsonObject, Timestamp } from './json.ts';
import type { ReportCard } from './report-card.ts';

/** Where data goes. Credentials are left out. */
export interface Destination {
  readonly id: number;
  readonly stitch_client_id: number;
  readonly type: string;
  readonly name: string;
  readonly description: string | null;
  readonly display_name: null;
  /** Values are strings, or objects where the form says so. */
  readonly properties: Readonly<Record<string, Json>>;
  /** The newest check that was started. */
  readonly check_job_name: string | null;
  readonly paused_at: null;
  /** Set while the destination refuses us for credentials or privileges. */
  readonly system_paused_at: Timestamp | null;
  readonly created_at: Timestamp;
  readonly updated_at: Timestamp;
  readonly deleted_at: Timestamp | null;
  readonly report_card: ReportCard;
}

export interface CreateDestination {
  readonly type: string;
  /** By the names of the type's form; natural JSON types or strings. */
  readonly properties: JsonObject;
  readonly name?: string;
  readonly description?: string | null;
  /** Otherwise sources without a destination are mapped to the new one. */
  readonly ignore_unmapped_sources?: boolean;
}

/** What is left out stays as it is. */
export interface UpdateDestination {
  readonly type?: string;
  /** Null clears an optional one. */
  readonly properties?: JsonObject;
  readonly name?: string;
  readonly description?: string | null;
}

/** One entry of a destination's history. Values of credentials never appear. */
export interface DestinationChange {
  readonly at: Timestamp;
  readonly revision: number;
  /** `token:<id>`, `session:<id>`, `partner:<id>`, `cli`, `server`. */
  readonly actor: string;
  readonly action: 'created' | 'updated' | 'deleted' | 'ssh_host_key_accepted';
  readonly changes: readonly {
    readonly property: string;
    readonly from?: Json;
    readonly to?: Json;
  }[];
  readonly notes: readonly string[];
}
