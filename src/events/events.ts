import type { AccountEvent } from '../model/event.ts';

/**
 * Tells those who watch an account what happens in it. Nothing is written for that: while somebody watches, what is
 * stored is read again whenever the store hints at news. So every process tells the same, whoever did the work, and
 * a watcher that was cut off goes on at another process. Only the steps of a check come earlier where it runs.
 */
export interface Events extends AsyncDisposable {
  /**
   * Begins to watch. What came after `lastEventId` is told first; without one, only what happens from now on.
   * An event may be told twice after a cut, with the same id.
   * @throws {Failure} TooManyRequests when the account, or this process, has as many watchers as it may.
   */
  watch(watcher: Watcher): Promise<Watch>;
}

export interface Watcher {
  readonly accountId: number;
  /** The id of the last {@link Told} before the watcher was cut off; null: it is new. */
  readonly lastEventId: string | null;
  /** Never waits: what it is told and cannot take, it must drop itself. */
  tell(told: Told): void;
}

export type Told =
  | { readonly kind: 'event'; readonly event: AccountEvent }
  /** Everything up to here was told. Comes first, so that a cut before any event can be mended too. */
  | { readonly kind: 'ready'; readonly id: string }
  /** Events are missing before this: what is shown has to be read anew. */
  | { readonly kind: 'reset'; readonly id: string; readonly reason: ResetReason };

/** `too_old`: more happened since the last event than is told again. `too_many`: more at once than is told. */
export type ResetReason = 'too_old' | 'too_many';

export interface Watch {
  /** May be called twice. */
  stop(): void;
  /** Resolves when this process tells nothing more (it stops). */
  readonly ended: Promise<void>;
}
