import { randomBytes } from 'node:crypto';
import { Failure } from '../errors/failure.ts';
import type { Session } from '../store/session-store.ts';
import type { Store } from '../store/store.ts';
import { hashToken } from './token-hash.ts';

/** Browsers that are signed in as an account. */
export interface Sessions {
  /**
   * Makes a token that a browser exchanges for a session, once and within an hour. Null: the account's token does not
   * work any more.
   */
  issueEphemeral(from: TokenHolder): Promise<string | null>;
  /**
   * Signs a browser in with an ephemeral token.
   * @throws {Failure} Unauthorized when it is unknown, was used before, or has expired.
   */
  exchange(ephemeralToken: string): Promise<OpenedSession>;
  /** Signs a browser in with the account's token, which was found to be right. @throws {Failure} Unauthorized */
  signIn(from: TokenHolder): Promise<OpenedSession>;
  /** Signs a browser out. May be called twice. */
  signOut(value: string): Promise<void>;
}

export interface TokenHolder {
  readonly accountId: number;
  readonly tokenId: number;
}

export interface OpenedSession {
  readonly session: Session;
  /** For the browser alone: it is not to be had again. */
  readonly value: string;
}

const HOUR = 3_600_000;
const ephemeralMilliseconds = HOUR;
/** The longest that the contract allows. A session is never prolonged. */
const sessionMilliseconds = 12 * HOUR;

const madeValue = (prefix: 'ep_' | 'se_'): string => prefix + randomBytes(32).toString('base64url');

export function createSessions({ store }: { readonly store: Pick<Store, 'sessions'> }): Sessions {
  const { sessions } = store;
  return {
    async issueEphemeral({ accountId, tokenId }) {
      const value = madeValue('ep_');
      const made = await sessions.open({
        accountId,
        tokenId,
        kind: 'ephemeral',
        hash: hashToken(value),
        milliseconds: ephemeralMilliseconds,
      });
      return made && value;
    },

    async exchange(ephemeralToken) {
      const value = madeValue('se_');
      const to = { hash: hashToken(value), milliseconds: sessionMilliseconds };
      const session = await sessions.exchange({ from: hashToken(ephemeralToken), to });
      if (session) return { session, value };
      throw new Failure(
        'Unauthorized',
        'This link is unknown, was used before, or is more than an hour old.',
        {
          remedy: 'Go back to where it came from, and follow a new one.',
        },
      );
    },

    async signIn({ accountId, tokenId }) {
      const value = madeValue('se_');
      const session = await sessions.open({
        accountId,
        tokenId,
        kind: 'browser',
        hash: hashToken(value),
        milliseconds: sessionMilliseconds,
      });
      if (session) return { session, value };
      throw new Failure('Unauthorized', 'This token was revoked meanwhile.');
    },

    signOut: (value) => sessions.end(hashToken(value)),
  };
}
