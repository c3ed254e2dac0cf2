/** What a hook can wait for. `post_load` is the contract's; the others are ours. */
export const hookTypes = [
  'post_load',
  'load_failed',
  'load_recovered',
  'records_rejected',
  'check_failed',
  'schema_changed',
] as const;
export type HookType = (typeof hookTypes)[number];

/** A webhook of an account: what happens to one destination is sent to a URL. */
export interface Hook {
  readonly id: number;
  /** Random 128 bits in hex; its sealed secret is bound to it. */
  readonly uid: string;
  readonly accountId: number;
  readonly type: HookType;
  readonly destinationId: number;
  readonly url: string;
  /** Requests are signed. */
  readonly isSigned: boolean;
  /** Milliseconds since 1970, as all times of the model. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Set while nothing is sent. */
  readonly disabledAt: number | null;
}

/** One message to one hook; its requests, however often they are repeated, carry the same id. */
export interface Delivery {
  /** Random 128 bits in hex. */
  readonly id: string;
  readonly hookId: number;
  readonly type: HookType;
  /** Somebody asked for it, nothing has happened. */
  readonly isTest: boolean;
  /** `dropped`: it was never sent, because the hook was disabled or too much waited for too long. */
  readonly state: 'waiting' | 'sent' | 'failed' | 'dropped';
  /** Requests so far, the one under way included. */
  readonly attempts: number;
  /** HTTP status of the last answer; null: there was none. */
  readonly status: number | null;
  /** Why the last attempt failed; null unless it did. */
  readonly error: string | null;
  readonly createdAt: number;
  /** When it is sent next, at the earliest; null once it has ended. */
  readonly nextAttemptAt: number | null;
  readonly endedAt: number | null;
}

/** Hooks that an account may have, of all types together. */
export const mostHooks = 10;
