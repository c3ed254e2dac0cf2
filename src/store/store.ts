import type { Account, Token } from '../model/account.ts';
import type { Check, CheckStep } from '../model/check.ts';
import type { Change, Destination } from '../model/destination.ts';
import type { Properties } from '../model/form.ts';
import type { EventStore } from './event-store.ts';
import type { HookStore } from './hook-store.ts';
import type { BatchStore, LoadStore } from './load-store.ts';
import type { PartnerStore } from './partner-store.ts';
import type { RejectionStore } from './rejection-store.ts';
import type { ReplayStore } from './replay-store.ts';
import type { SessionStore } from './session-store.ts';
import type { SourceStore } from './source-store.ts';
import type { Spool } from './spool-store.ts';

/**
 * Our own database, by aggregate. Two engines implement it (SQLite in a thread of its own, PostgreSQL), and one
 * contract suite holds for both. Every write is durable when its promise resolves. All times are milliseconds since
 * 1970 on the store's clock. Any call may throw Failure `StoreUnavailable` (not reachable) or `Overloaded` (disk full),
 * and `InvalidBody` for text that would not come back as it was (NUL, half a surrogate pair). Disposing twice is fine.
 */
export interface Store extends AsyncDisposable {
  readonly accounts: AccountStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly partners: PartnerStore;
  readonly destinations: DestinationStore;
  readonly checks: CheckStore;
  readonly sources: SourceStore;
  readonly batches: BatchStore;
  readonly loads: LoadStore;
  readonly rejections: RejectionStore;
  readonly replays: ReplayStore;
  readonly hooks: HookStore;
  readonly events: EventStore;
  readonly leases: LeaseStore;
  readonly idempotency: IdempotencyStore;
  readonly keyring: KeyringStore;
  readonly spool: Spool;
  /**
   * A number that changes whenever anything is committed, by whatever process. While it stays the same, what was read
   * before still stands. Absent where asking would cost as much as reading.
   */
  readonly lastCommit?: () => number;
  /** Resolves when the store answers; throws otherwise. For /health and doctor. */
  ping(): Promise<StoreHealth>;
  /**
   * Calls back after a commit that touched the topic, in this process at once and from other processes on the same
   * store as fast as the engine allows. A hint, never a promise: keep a slow poll behind it.
   */
  subscribe(topic: 'checks' | 'loads' | 'hooks', listener: () => void): () => void;
  /** Rejects (never resolves) when the store can no longer be trusted and the process must exit. */
  readonly failed: Promise<never>;
}

export interface StoreHealth {
  readonly engine: 'sqlite' | 'postgres';
  /** Milliseconds the round trip took. */
  readonly milliseconds: number;
  /** Schema version of the store. */
  readonly version: number;
  /** The store's clock during the round trip; absent where it is the clock of this process. */
  readonly storeTime?: number;
}

export interface AccountStore {
  /**
   * @param account.id given by the operator, or null for the next free one.
   * @throws {Failure} ExistingUser; InvalidForm when the id is taken.
   */
  create(account: NewAccount): Promise<Account>;
  get(id: number): Promise<Account | null>;
  /** Oldest first, deleted ones left out. `partnerId` null: all. */
  list(filter: { partnerId: string | null }): Promise<Account[]>;
  /** Suspended: its tokens answer 401 and its work rests. Both directions may be repeated. */
  setSuspended(id: number, suspended: boolean): Promise<Account | null>;
  setQuota(
    id: number,
    quota: { destinationLimit?: number | null; checksPerMinute?: number | null },
  ): Promise<Account | null>;
  /** Deletes the account with all that belongs to it; its tokens stop working at once. */
  delete(id: number): Promise<boolean>;
  sshKey(id: number): Promise<{ uid: string; publicKey: string; sealedPrivateKey: string } | null>;
}

export interface NewAccount {
  readonly id: number | null;
  /** Random 128 bits in hex; the sealed SSH key is bound to it. */
  readonly uid: string;
  readonly company: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly region: string;
  readonly partnerId: string | null;
  readonly sshPublicKey: string;
  readonly sealedSshPrivateKey: string;
  /** A first token made in the same commit, or null. */
  readonly token: NewTokenValue | null;
}

export interface NewTokenValue {
  readonly kind: Token['kind'];
  /** SHA-256 of the value, hex. The value itself never reaches the store. */
  readonly hash: string;
  readonly hint: string;
  readonly name: string | null;
}

export interface FoundToken {
  readonly id: number;
  readonly accountId: number;
  readonly kind: Token['kind'];
  /** The source whose records an import token sends; null for other tokens. */
  readonly sourceId: number | null;
}

export interface TokenStore {
  /** @throws {Failure} InvalidForm when a token with this hash exists already; InvalidId without such an account. */
  create(accountId: number, token: NewTokenValue): Promise<Token>;
  /**
   * The live token with this hash whose account is neither suspended nor deleted. One that ended together with its
   * source is found too: that the source is deleted or paused is left to the caller, who can say so.
   */
  find(hash: string): Promise<FoundToken | null>;
  /**
   * Makes an import token of a source.
   * @throws {Failure} InvalidForm when the source has two live tokens already, or the hash is taken; InvalidId without
   * such a live source.
   */
  createImport(accountId: number, sourceId: number, token: NewTokenValue): Promise<Token>;
  /** The live tokens of a source, oldest first. */
  listImport(accountId: number, sourceId: number): Promise<Token[]>;
  list(accountId: number): Promise<Token[]>;
  /** False when the account has no such live token. */
  revoke(accountId: number, tokenId: number): Promise<boolean>;
}

/** Sealed credentials by property name; each is bound to (destination uid, property). */
export type SealedSecrets = Readonly<Record<string, string>>;

export interface DestinationStore {
  /**
   * Makes revision 1, its history entry and a waiting check, in one commit. With a `proof`, the proof becomes the
   * last check instead and no check is started.
   * @throws {Failure} DestinationLimit; InvalidId when there is no such account; InvalidForm when the id is taken;
   * SecretUnreadable with data `{ retired: true }` when the seal's key was retired meanwhile (seal anew).
   */
  create(input: NewDestination): Promise<Destination>;
  /** Null when missing, deleted, or another account's. */
  get(accountId: number, id: number): Promise<Destination | null>;
  /** Oldest first. */
  list(accountId: number): Promise<Destination[]>;
  /** Whether any account has, or ever had, a destination of this id: it cannot be given again. */
  isTaken(id: number): Promise<boolean>;
  /** The current revision with its sealed credentials, or null as {@link get}. */
  secrets(accountId: number, id: number): Promise<{ destination: Destination; sealed: SealedSecrets } | null>;
  /**
   * Commits a candidate that was made from `expectedRevision`. Joins or starts a check (or stores the proof).
   * `changed: false` only starts the check: revision, updated_at and history stay.
   * Returns 'conflict' when the destination has another revision now, null when it is gone.
   */
  update(input: DestinationUpdate): Promise<Destination | 'conflict' | null>;
  /**
   * False when there was nothing to delete. Credentials are erased in the same commit, its checks end.
   * @throws {Failure} RevisionMismatch when it is at none of the given revisions.
   */
  delete(input: DestinationDeletion): Promise<boolean>;
  /** Newest first, at most `limit`. */
  history(accountId: number, id: number, limit: number): Promise<Change[]>;
  hostKeys(accountId: number, id: number): Promise<HostKey[]>;
  /** Replaces the pin of (host, port) by what the last check saw there, with a history entry. False: nothing seen. */
  acceptHostKey(input: { accountId: number; id: number; actor: string }): Promise<boolean>;
  /** Ids and sealed credentials that are sealed with another data key than `keyId`, for rotation. */
  sealedWithOther(
    keyId: string,
    limit: number,
  ): Promise<{ kind: 'destination' | 'account' | 'hook'; id: number; uid: string; sealed: SealedSecrets }[]>;
  /** Replaces seals one by one, each only if it still has the old value. */
  reseal(input: {
    kind: 'destination' | 'account' | 'hook';
    id: number;
    from: SealedSecrets;
    to: SealedSecrets;
  }): Promise<void>;
}

export interface HostKey {
  readonly host: string;
  readonly port: number;
  /** `<algorithm> <base64>`; null where a check has seen a key but none is pinned. */
  readonly pinned: string | null;
  /** What the last check saw; equals `pinned` unless the host key changed. */
  readonly seen: string | null;
}

export interface DestinationDeletion {
  readonly accountId: number;
  readonly id: number;
  readonly actor: string;
  /** Deleted only at one of these; at any, where they are left out. */
  readonly revisions?: readonly number[];
}

export interface NewDestination {
  readonly accountId: number;
  /** Given by the operator (CLI), or null for the next free one. */
  readonly id: number | null;
  readonly uid: string;
  readonly type: string;
  readonly name: string;
  readonly description: string | null;
  readonly properties: Properties;
  readonly sealed: SealedSecrets;
  readonly actor: string;
  readonly changes: Change['changes'];
  readonly notes: readonly string[];
  readonly check: NewCheck;
  readonly proof: CompletedCheck | null;
  /** Destinations the account may have where its own quota says nothing; unlimited by default. */
  readonly defaultLimit?: number | null;
  /** Maps the account's live sources that have no destination to this one, in the same commit; by default not. */
  readonly mapSources?: boolean;
}

export interface DestinationUpdate {
  readonly accountId: number;
  readonly id: number;
  readonly expectedRevision: number;
  readonly changed: boolean;
  readonly name: string;
  readonly description: string | null;
  /** The whole new set of properties that are no credentials. */
  readonly properties: Properties;
  /** Credentials that get a new value; the others keep theirs. */
  readonly sealed: SealedSecrets;
  readonly droppedCredentials: readonly string[];
  /** Drops pinned host keys of (host, port) pairs that are no longer used. */
  readonly keepHostKeys: readonly { host: string; port: number }[];
  readonly actor: string;
  readonly changes: Change['changes'];
  readonly notes: readonly string[];
  readonly check: NewCheck;
  readonly proof: CompletedCheck | null;
}

export interface NewCheck {
  /** The uuid at the end of the job name. */
  readonly uuid: string;
  readonly origin: Check['origin'];
}

/** A check that has ended, as a worker or a strict update hands it over. */
export interface CompletedCheck {
  readonly uuid: string;
  readonly origin: Check['origin'];
  readonly startedAt: number;
  readonly completedAt: number;
  readonly failed: boolean;
  readonly refused: boolean;
  readonly steps: readonly CheckStep[];
  readonly error: string | null;
  /** Host keys seen on the way. Pinned by a check of saved settings where none was pinned. */
  readonly hostKeys: readonly { host: string; port: number; key: string }[];
}

export interface CheckStore {
  /** Starts a check of the current revision, or joins the one that waits. Null: no such destination. */
  request(accountId: number, destinationId: number, check: NewCheck): Promise<Check | null>;
  /**
   * Starts checks of destinations that refuse us, that sources are mapped to, and whose last check is so long ago; at
   * most one for each uuid. Returns how many.
   */
  probe(input: { restMilliseconds: number; uuids: readonly string[] }): Promise<number>;
  /**
   * Takes waiting checks and running ones whose lease has run out, oldest first: at most one running for each
   * destination, within each account's budget a minute, and for an account only while it holds fewer of the owner's
   * slots than are free, so that nobody's hanging checks fill them all. A check is given up as failed after its third
   * owner died.
   */
  claim(input: ClaimInput): Promise<ClaimedCheck[]>;
  /** Keeps the lease and the steps so far. False: the lease was lost, stop. */
  heartbeat(input: {
    name: string;
    fence: number;
    leaseMilliseconds: number;
    steps: readonly CheckStep[];
  }): Promise<boolean>;
  /**
   * Ends a check. It becomes the destination's last check if its revision is still the current one, else it is
   * superseded by the check of a newer revision. False: the lease was lost, nothing was stored.
   */
  complete(input: { name: string; fence: number; result: CompletedCheck }): Promise<boolean>;
  /** Names of the checks this owner runs although newer settings have overtaken them. */
  overtaken(owner: string): Promise<readonly string[]>;
  /** Gives a claimed check back unfinished (graceful stop); it waits again, unless newer settings have overtaken it. */
  release(input: { name: string; fence: number }): Promise<void>;
  /** Follows `supersededBy`, so that an overtaken job name resolves to the result that stands for it. */
  get(accountId: number, name: string): Promise<Check | null>;
  /** Newest first. */
  list(accountId: number, destinationId: number, limit: number): Promise<Check[]>;
  /**
   * Keeps a check that belongs to no saved revision (a failed strict update) in the history only.
   * @throws {Failure} InvalidId when the destination is gone.
   */
  record(accountId: number, destinationId: number, revision: number, result: CompletedCheck): Promise<Check>;
  /** Counts a check outside the queue (strict, unsaved) against the account's minute. False: budget used up. */
  spend(accountId: number, defaultPerMinute: number): Promise<boolean>;
}

export interface ClaimInput {
  /** Who asks; random for each process. */
  readonly owner: string;
  /** Slots that the owner has free: not more are taken. */
  readonly limit: number;
  readonly leaseMilliseconds: number;
  /** Checks each account may start in a minute where its own quota says nothing. */
  readonly defaultPerMinute: number;
}

export interface ClaimedCheck {
  readonly check: Check;
  /** Grows with each claim; later calls with a smaller one are refused. */
  readonly fence: number;
  readonly destination: Destination;
  readonly sealed: SealedSecrets;
  readonly hostKeys: readonly HostKey[];
}

/** Named leases with a fence: for lanes, migrations of data, single runners. */
export interface LeaseStore {
  /** Null: somebody else holds it. The holder itself gets it again, with the same fence. */
  acquire(name: string, owner: string, milliseconds: number): Promise<{ fence: number } | null>;
  /** False: it ran out and somebody else took it. */
  renew(name: string, owner: string, fence: number, milliseconds: number): Promise<boolean>;
  release(name: string, owner: string, fence: number): Promise<void>;
}

export interface IdempotencyStore {
  /**
   * Reserves a key for this body. 'mine': go on and call finish. A stored answer: send it again. 'other_body':
   * the key was used with another body. 'in_flight': the first request has not finished.
   * A reservation that is older than a minute and has no answer is free again; answers are kept for 24 hours.
   */
  begin(
    accountId: number,
    keyHash: string,
    bodyHash: string,
  ): Promise<'mine' | 'other_body' | 'in_flight' | StoredAnswer>;
  finish(accountId: number, keyHash: string, answer: StoredAnswer): Promise<void>;
  /** The request failed before anything was stored: the key may be used again. */
  abandon(accountId: number, keyHash: string): Promise<void>;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Wrapped data keys and the fingerprint of the master key. See vault.ts. */
export interface KeyringStore {
  read(): Promise<Keyring | null>;
  /** Stores the first keyring; false if there is one already. */
  initialize(keyring: Keyring): Promise<boolean>;
  /**
   * Replaces the keyring if its version is still `expectedVersion`, and nothing is sealed with a key that it leaves
   * out. False: one of the two does not hold, nothing was changed.
   */
  replace(keyring: Keyring, expectedVersion: number): Promise<boolean>;
}

export interface Keyring {
  readonly version: number;
  /** Tells a wrong master key apart without revealing it. */
  readonly masterFingerprint: string;
  /** The data key new values are sealed with. */
  readonly activeKeyId: string;
  readonly keys: readonly { id: string; wrapped: string }[];
}
