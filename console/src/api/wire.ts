/** What the server answers, as far as the console reads it. */

export interface Destination {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly description: string | null;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  readonly check_job_name: string | null;
  readonly system_paused_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly report_card: ReportCard;
}

/** Values are strings in version 4, whatever they mean; a few are JSON objects. */
export type PropertyValue = string | Readonly<Record<string, unknown>>;

export interface ReportCard {
  readonly type: string;
  readonly current_step_type: string;
  readonly steps: readonly { readonly type: string; readonly properties: readonly ReportCardProperty[] }[];
}

export interface ReportCardProperty {
  readonly name: string;
  readonly is_required: boolean;
  readonly is_credential: boolean;
  readonly system_provided: boolean;
  readonly property_type: string;
  readonly json_schema: { readonly type?: string; readonly pattern?: string } | null;
  readonly provided: boolean;
}

export interface TypeReportCard extends ReportCard {
  readonly details: { readonly access: boolean };
}

export interface DestinationForm {
  readonly type: string;
  readonly title: string;
  readonly access: boolean;
  readonly properties: readonly FormHint[];
}

export interface FormHint {
  readonly name: string;
  readonly help: string;
  readonly kind: 'string' | 'lines' | 'integer' | 'boolean' | 'object';
  readonly default: string | null;
  readonly generated: boolean;
}

export interface CheckStep {
  readonly name: string;
  readonly status: 'passed' | 'warning' | 'failed' | 'skipped';
  readonly milliseconds: number;
  readonly message: string;
  readonly remedy: string | null;
  readonly code: string | null;
}

export interface Check {
  readonly name: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'superseded';
  readonly origin: 'saved' | 'requested' | 'strict' | 'unsaved' | 'probe';
  readonly revision: number;
  readonly start_time: string;
  readonly completion_time: string | null;
  readonly steps: readonly CheckStep[];
}

export interface TryOut {
  readonly status: 'succeeded' | 'failed';
  readonly steps: readonly CheckStep[];
}

export interface Change {
  readonly at: string;
  readonly revision: number;
  readonly actor: string;
  readonly action: 'created' | 'updated' | 'deleted' | 'ssh_host_key_accepted';
  readonly changes: readonly { readonly property: string; readonly from?: unknown; readonly to?: unknown }[];
  readonly notes: readonly string[];
}

export interface Source {
  readonly id: number;
  readonly display_name: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly destination_id: number | null;
  readonly paused_at: string | null;
  readonly system_paused_at: string | null;
  readonly created_at: string;
  readonly deleted_at: string | null;
}

export interface Batch {
  readonly id: string;
  readonly table_name: string;
  readonly state: 'ready' | 'loading' | 'blocked' | 'quarantined' | 'loaded';
  readonly records: number;
  readonly bytes: number;
  readonly received_at: string;
  readonly waits_for: { readonly code: string; readonly message: string } | null;
  readonly last_error_details: {
    readonly message: string;
    readonly remedy: string | null;
    readonly retry_at: string | null;
  } | null;
  readonly load: {
    readonly completed_at: string;
    readonly rows_loaded: number;
    readonly rows_rejected: number;
    readonly dropped_as_older: number;
  } | null;
}

export interface Activity {
  readonly since: string;
  readonly until: string;
  readonly step_seconds: number;
  readonly points: readonly ActivityPoint[];
  readonly tables: readonly TableActivity[];
}

export interface ActivityPoint {
  readonly at: string;
  readonly loads: number;
  readonly rows_loaded: number;
  readonly rows_rejected: number;
}

export interface TableActivity extends Omit<ActivityPoint, 'at'> {
  readonly source_id: number;
  readonly table_name: string;
  readonly last_loaded_at: string | null;
  readonly batches_waiting: number;
  readonly bytes_waiting: number;
  readonly waiting_since: string | null;
  readonly error: {
    readonly message: string;
    readonly remedy: string;
    readonly code: string | null;
    readonly since: string;
  } | null;
}

export interface RejectedTable {
  readonly table_name: string;
  readonly records: number;
  readonly values: number;
  readonly first_rejected_at: string;
  readonly last_rejected_at: string;
  readonly reasons: readonly { readonly reason: string; readonly kind: string; readonly count: number }[];
  readonly more: boolean;
}

export interface RetryResult {
  readonly records: number;
  readonly batches: number;
  readonly left_out: readonly { readonly records: number; readonly why: string }[];
}

export interface Account {
  readonly id: number;
  readonly company: string;
  readonly region: string;
  readonly created_at: string;
  readonly ssh_public_key: string;
  readonly egress_addresses: readonly string[];
  readonly network_policy: 'private' | 'public';
}

export interface Session {
  readonly account_id: number;
  readonly expires_at: string;
}

export interface Hook {
  readonly id: number;
  readonly destination_id: number;
}
