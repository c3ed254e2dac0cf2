import type { SessionsTable } from './schema.ts';

/**
 * Sessions of browsers. Each stands on the access token it was made with: it ends when that is revoked, and rests with
 * its account. Values are stored as hashes only; what has expired is forgotten by and by.
 */
export interface SessionStore {
  /**
   * Null: the account has no such live access token, or is suspended. Of one kind an account has a hundred sessions at
   * most, the oldest make room.
   */
  open(session: NewSession): Promise<Session | null>;
  /**
   * Puts a browser's session in the place of an ephemeral one, which is gone then: of many who bring it at once, one
   * gets a session. Null: it is unknown, used or expired, or its token or account does not work any more.
   */
  exchange(input: { from: string; to: NewSessionValue }): Promise<Session | null>;
  /** The browser's session with this hash; null as for {@link exchange}. */
  find(hash: string): Promise<Session | null>;
  /** Ends a session of either kind. May be called twice. */
  end(hash: string): Promise<void>;
}

export interface NewSessionValue {
  /** SHA-256 of the value, hex. The value itself never reaches the store. */
  readonly hash: string;
  /** How long it lasts. */
  readonly milliseconds: number;
}

export interface NewSession extends NewSessionValue {
  readonly accountId: number;
  readonly tokenId: number;
  readonly kind: SessionsTable['kind'];
}

export interface Session {
  readonly id: number;
  readonly accountId: number;
  /** The access token it was made with. */
  readonly tokenId: number;
  /** Milliseconds since 1970 on the store's clock. */
  readonly expiresAt: number;
}
