import type { JsonObject } from './json.ts';

/** The form of a destination or source type, with what is provided. */
export interface ReportCard {
  readonly type: string;
  /** 1-based. */
  readonly current_step: number;
  readonly current_step_type: 'form' | 'oauth' | 'fully_configured' | (string & {});
  readonly steps: readonly ReportCardStep[];
}

export interface ReportCardStep {
  readonly type: string;
  readonly properties: readonly ReportCardProperty[];
}

export interface ReportCardProperty {
  readonly name: string;
  readonly is_required: boolean;
  /** Never shown again once it is stored. */
  readonly is_credential: boolean;
  readonly system_provided: boolean;
  readonly property_type:
    | 'user_provided'
    | 'user_provided_immutable'
    | 'user_provided_advanced'
    | 'system_provided_by_default'
    | 'read_only'
    | (string & {});
  /** What a value must be; null where none can be given. */
  readonly json_schema: JsonObject | null;
  /** Whether this destination has a value. */
  readonly provided: boolean;
}

/** The form of a destination type. */
export interface DestinationType extends ReportCard {
  readonly details: {
    readonly pricing_tier: string;
    readonly pipeline_state: string;
    readonly protocol: string;
    /** Whether this server can connect it. */
    readonly access: boolean;
  };
}
