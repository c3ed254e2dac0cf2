import type { Timestamp } from './json.ts';

export type HookType =
  | 'post_load'
  | 'load_failed'
  | 'load_recovered'
  | 'records_rejected'
  | 'check_failed'
  | 'schema_changed';

/** A URL that is told what happens to a destination. */
export interface Hook {
  readonly id: number;
  readonly client_id: number;
  readonly type: HookType;
  readonly version: 1;
  readonly destination_id: number;
  /** Messages are `signed` where a secret was given. */
  readonly config: { readonly url: string; readonly signed?: true };
  readonly created_at: Timestamp;
  readonly modified_at: Timestamp;
  readonly disabled_at: Timestamp | null;
}

/** `post_load` is always there, the others where there are some. */
export type HookList = { readonly post_load: readonly Hook[] } & {
  readonly [Type in Exclude<HookType, 'post_load'>]?: readonly Hook[];
};

export interface CreateHook {
  readonly type: HookType;
  readonly destination_id: number;
  readonly config: { readonly url: string; readonly secret?: string };
}

export interface HookDelivery {
  readonly id: string;
  readonly hook_id: number;
  readonly type: HookType;
  readonly test: boolean;
  readonly state: 'waiting' | 'sent' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly status_code: number | null;
  readonly error: string | null;
  readonly created_at: Timestamp;
  readonly next_attempt_at: Timestamp | null;
  readonly ended_at: Timestamp | null;
}
