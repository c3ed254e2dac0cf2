import type { Delivery, Hook, HookType } from '../model/hook.ts';

/** Webhooks of accounts, and the messages that wait to be sent to them. */
export interface HookStore {
  /**
   * @throws {Failure} HookLimit when the account has as many as it may have; InvalidId when it has no such live
   * destination; SecretUnreadable with data `{ retired: true }` when the seal's key was retired meanwhile.
   */
  create(hook: NewHook): Promise<Hook>;
  /** Oldest first, disabled ones included. */
  list(accountId: number): Promise<Hook[]>;
  /** Null: the account has no such hook. */
  get(accountId: number, id: number): Promise<Hook | null>;
  /** What waits for a hook that is disabled is dropped. Both directions may be repeated. Null as {@link get}. */
  setEnabled(accountId: number, id: number, enabled: boolean): Promise<Hook | null>;
  /** With all its deliveries, sent or not. False: the account has no such hook. */
  delete(accountId: number, id: number): Promise<boolean>;
  /** Newest first. Null as {@link get}. */
  deliveries(accountId: number, id: number, limit: number): Promise<Delivery[] | null>;
  /**
   * Puts a message into the hook's queue, whether it is enabled or not; not more than a few wait. Null as {@link get}.
   * @throws {Failure} TooManyRequests when several such messages wait already.
   */
  test(accountId: number, id: number): Promise<Delivery | null>;
  /**
   * Takes deliveries that are due, and those whose owner's lease has run out. Hooks take turns, the one that waited
   * longest first; no hook gets more than `perHook`, and an account only while it holds fewer than are free.
   */
  claim(input: ClaimDeliveries): Promise<ClaimedDelivery[]>;
  /** Says how an attempt went. False: the lease was lost, nothing was stored. */
  settle(input: Attempted): Promise<boolean>;
  /** Gives a claimed delivery back as if it had not been tried (graceful stop). */
  release(input: { id: string; fence: number }): Promise<void>;
  /** Messages that wait, over all accounts. */
  waiting(): Promise<number>;
  /**
   * Forgets old deliveries in a bounded step: those that ended before `endedBefore`, and all but the newest `perHook`
   * of each hook. What has waited since `waitingSince`, or has more than `perHook` behind it, is dropped.
   */
  retain(input: RetainDeliveries): Promise<RetainedDeliveries>;
}

export interface NewHook {
  readonly uid: string;
  readonly accountId: number;
  readonly type: HookType;
  readonly destinationId: number;
  readonly url: string;
  /** Sealed, bound to (uid, `secret`); null: requests are not signed. */
  readonly sealedSecret: string | null;
}

export interface ClaimDeliveries {
  readonly owner: string;
  /** Slots that the owner has free: not more are taken. */
  readonly limit: number;
  /** Deliveries of one hook that may be under way at the same time, over all owners. */
  readonly perHook: number;
  readonly leaseMilliseconds: number;
}

export interface ClaimedDelivery {
  readonly id: string;
  /** Grows with each claim; later calls with a smaller one are refused. */
  readonly fence: number;
  /** 1 for the first one. */
  readonly attempt: number;
  readonly hook: Hook;
  readonly sealedSecret: string | null;
  readonly isTest: boolean;
  /** JSON, as it is sent. */
  readonly body: string;
}

export interface Attempted {
  readonly id: string;
  readonly fence: number;
  /** Null: nothing answered. */
  readonly status: number | null;
  /** Null: it was received. */
  readonly error: string | null;
  /** When to try again, in milliseconds from now; null: not any more. */
  readonly retryIn: number | null;
}

export interface RetainDeliveries {
  /** In milliseconds since 1970, as the next. */
  readonly endedBefore: number;
  readonly waitingSince: number;
  readonly perHook: number;
}

export interface RetainedDeliveries {
  readonly forgotten: number;
  readonly dropped: number;
}
