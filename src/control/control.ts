import type { Json } from '../lib/json.ts';
import type { Account, Token } from '../model/account.ts';
import type { CheckOutcome } from '../model/check.ts';
import type { Destination } from '../model/destination.ts';
import type { Properties } from '../model/form.ts';
import type { Source } from '../model/source.ts';

/**
 * What the product does, apart from the words of any API: the rules of accounts and destinations over store, vault and
 * checks. The API surfaces and the command line are thin renderers above it.
 */

/** On whose behalf, and who is written into the history. */
export interface Caller {
  readonly accountId: number;
  /** `token:<id>`, `session:<id>`, `partner:<id>`, `cli`. */
  readonly actor: string;
}

export interface Destinations {
  /**
   * Makes a destination and starts its first check. Properties not given get their default or are generated.
   * @throws {Failure} InvalidType, AccessDenied, InvalidProperties (data: `bad_properties`, `reasons`, `type`,
   * `provided`), DestinationLimit, CheckFailed (strict; data: `steps`), TooManyRequests (strict).
   */
  create(caller: Caller, request: CreateRequest, options: WriteOptions): Promise<Written>;

  /**
   * Merges the given properties into the stored ones. Both versions merge: `complete` adds v3's rule that the
   * required properties which are no credentials must be named. Effective at once; a check is started even when
   * nothing changed.
   * @throws {Failure} InvalidId, TypeImmutable, InvalidProperties, RevisionMismatch, LostRace (strict), CheckFailed
   * (strict), TooManyRequests (strict).
   */
  update(caller: Caller, id: number, request: UpdateRequest, options: UpdateOptions): Promise<Written>;

  /** Forgets the pinned SSH host key for what the last check saw, and starts a check. @throws {Failure} InvalidId */
  acceptHostKey(caller: Caller, id: number): Promise<Written>;

  /** Starts a check of the stored settings, or joins the one that waits. @throws {Failure} InvalidId */
  check(caller: Caller, id: number, options: { waitMilliseconds: number }): Promise<Written>;

  /**
   * Checks properties without storing anything. Stored secrets are never used.
   * @throws {Failure} InvalidType, AccessDenied, InvalidProperties, TooManyRequests.
   */
  tryOut(caller: Caller, type: string, given: GivenProperties, signal: AbortSignal): Promise<CheckOutcome>;

  /** False when the account has no such destination. @throws {Failure} RevisionMismatch */
  delete(caller: Caller, id: number, options?: { readonly ifMatch: IfMatch }): Promise<boolean>;
}

/** Values as they stand in the request; copied entry by entry, since a key may be `__proto__`. */
export type GivenProperties = Readonly<Record<string, Json>>;

export interface CreateRequest {
  /** Given by the operator (command line), otherwise the next free id. */
  readonly id?: number;
  readonly type: string;
  readonly properties: GivenProperties;
  readonly name?: string;
  readonly description?: string | null;
  /** True: sources without a destination stay without one. Otherwise they are mapped to the new one. */
  readonly ignoreUnmappedSources?: boolean;
}

export interface UpdateRequest {
  /** Undefined: not named. v3 must name it, v4 may. */
  readonly type?: string;
  readonly properties?: GivenProperties;
  readonly name?: string;
  readonly description?: string | null;
  /** v3: every required property that is no credential and has no default must be named. */
  readonly complete: boolean;
}

export interface WriteOptions {
  /** `Prefer: handling=strict`: commit only what a check has proved. */
  readonly strict: boolean;
  /** `Prefer: wait=N`: wait so long for the started check before answering. 0: do not wait. */
  readonly waitMilliseconds: number;
  /** Ends a strict proof when the client goes away. */
  readonly signal?: AbortSignal;
}

export interface UpdateOptions extends WriteOptions {
  readonly ifMatch: IfMatch;
}

/** Revisions of If-Match; `*` is any existing one; null: no condition. */
export type IfMatch = readonly number[] | '*' | null;

export interface Written {
  /** The state reached (after waiting, if asked for). */
  readonly destination: Destination;
  /** Job name of the check that this call started or joined, or that proved it. */
  readonly checkName: string;
  /** Credentials made by the server that the answer to a create may show once (`sentinel_key`). */
  readonly generated: Properties;
}

export interface Sources {
  /**
   * Makes a source and derives its name from the display name. Without a destination it is mapped to the account's
   * only one, if it has exactly one.
   * @throws {Failure} InvalidType, AccessDenied, InvalidDisplayName, InvalidName, InvalidProperties (data:
   * `bad_properties`, `reasons`, `type`), InvalidId (no such destination).
   */
  create(caller: Caller, request: CreateSourceRequest): Promise<Source>;

  /**
   * Changes what is given, at once: a paused source accepts nothing and loads nothing, what waits follows the mapping.
   * Properties are merged. The name stays what it is: it is the schema in the destination.
   * @throws {Failure} InvalidId (no such source, or destination), InvalidDisplayName, InvalidProperties.
   */
  update(caller: Caller, id: number, request: UpdateSourceRequest): Promise<Source>;

  /**
   * Deletes a source with its tokens, and discards the batches that wait. What was loaded stays in the destination.
   * @throws {Failure} InvalidId
   */
  delete(caller: Caller, id: number): Promise<{ source: Source; discardedBatches: number }>;

  /**
   * Issues an import token, whose value is never shown again. The operator may bring the value along, so that senders
   * keep theirs. @throws {Failure} InvalidId, TokenLimit; InvalidForm for a value that cannot be used, or is taken.
   */
  issueToken(caller: Caller, id: number, value?: string): Promise<IssuedToken>;

  /** Ids of the tokens that work, oldest first. @throws {Failure} InvalidId */
  tokens(caller: Caller, id: number): Promise<readonly number[]>;

  /** Revokes an import token of this source. @throws {Failure} InvalidId (no such source, or token). */
  revokeToken(caller: Caller, id: number, tokenId: number): Promise<Source>;
}

export interface CreateSourceRequest {
  /** Given by the operator (command line), otherwise the next free id. */
  readonly id?: number;
  readonly type: string;
  readonly displayName: string;
  /** Given by the operator, for a source whose schema stands already; otherwise derived from the display name. */
  readonly name?: string;
  readonly properties?: GivenProperties;
  /** Null: it is mapped to nothing, even where the account has exactly one destination. */
  readonly destinationId?: number | null;
  /** In milliseconds since 1970: it begins paused. */
  readonly pausedAt?: number;
}

export interface UpdateSourceRequest {
  readonly displayName?: string;
  readonly properties?: GivenProperties;
  /** Null: its tables go nowhere until it is mapped again. */
  readonly destinationId?: number | null;
  /** In milliseconds since 1970. Any time pauses it now; null unpauses. */
  readonly pausedAt?: number | null;
}

export interface Accounts {
  /**
   * Makes an account with its SSH key pair and a first access token.
   * @throws {Failure} ExistingUser, InvalidForm.
   */
  create(form: AccountForm): Promise<{ account: Account; token: IssuedToken }>;
  /**
   * Issues a token. A given value must be at least 32 characters of URL-safe ASCII (existing clients keep theirs);
   * otherwise it is made: the kind's prefix and 256 random bits. The value is returned here and never again.
   * @throws {Failure} InvalidForm.
   */
  issueToken(
    accountId: number,
    request: { kind: Token['kind']; name?: string; value?: string },
  ): Promise<IssuedToken>;
}

export interface AccountForm {
  readonly id?: number;
  readonly company: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly region?: string;
  readonly partnerId?: string;
  /** Value of the first token, 8 or more printable ASCII characters; made when not given. */
  readonly token?: string;
}

export interface IssuedToken {
  readonly id: number;
  readonly value: string;
}
