import type { Generated } from 'kysely';
import type { HookType } from '../model/hook.ts';

/** The tables of webhooks; see {@link Schema} for what holds for all tables. */
export interface HooksSchema {
  hooks: HooksTable;
  hook_deliveries: HookDeliveriesTable;
  hook_quiets: HookQuietsTable;
}

export interface HooksTable {
  id: Generated<number>;
  uid: string;
  account_id: number;
  destination_id: number;
  type: HookType;
  url: string;
  /** Sealed; null where requests are not signed. */
  secret: string | null;
  /** Id of the data key that sealed it. */
  sealed_with: string | null;
  created_at: number;
  modified_at: number;
  disabled_at: number | null;
  /** When one of its deliveries was taken last; hooks take turns by it. */
  served_at: number;
}

export interface HookDeliveriesTable {
  /** Order in which they were made. */
  position: Generated<number>;
  id: string;
  account_id: number;
  hook_id: number;
  type: HookType;
  is_test: number;
  body: string;
  state: 'waiting' | 'sent' | 'failed' | 'dropped';
  attempts: number;
  fence: number;
  /** Null unless somebody is sending it. */
  owner: string | null;
  /** Due then; while somebody is sending it, when the lease runs out. */
  next_at: number;
  status: number | null;
  error: string | null;
  created_at: number;
  ended_at: number | null;
}

/** When a hook was last told of something that is told once in an hour. */
export interface HookQuietsTable {
  hook_id: number;
  /** 0: it is about the destination. */
  lane_id: number;
  told_at: number;
  /** Messages that were not made since. */
  held_back: number;
  /** A failure was told and its end was not. */
  is_open: number;
}
