import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Caller } from '../control/control.ts';
import { Bug } from '../errors/bug.ts';
import { Failure } from '../errors/failure.ts';
import { createBoundedCache } from '../lib/bounded-cache.ts';
import type { Clock } from '../lib/clock.ts';
import type { Token } from '../model/account.ts';
import type { SessionStore } from '../store/session-store.ts';
import type { TokenStore } from '../store/store.ts';
import type { FailedLogins } from './failed-logins.ts';
import { tooManyRequests } from './failures.ts';
import type { SessionCookie } from './sessions/cookie.ts';
import { refuseOtherSites } from './sessions/refuse-other-sites.ts';
import type { HttpSettings } from './settings.ts';
import { createWindowLimit } from './window-limit.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before the handler of every route that needs a token. */
    caller: TokenCaller | null;
  }
}

export interface TokenCaller extends Caller {
  /** Of a session: the token that it was made with. */
  readonly tokenId: number;
  readonly kind: Token['kind'];
  /** The source that an import token is of; null for other tokens. */
  readonly sourceId: number | null;
  /** The browser's session, which ends at that time; null for who brings the token itself. */
  readonly session: { readonly id: number; readonly expiresAt: number } | null;
}

/** Finds out whose token a request carries. */
export interface TokenAuth {
  /**
   * The caller at once where the token was looked up less than a second ago. A token of another kind is a wrong one.
   * @throws {Failure} Unauthorized; TooManyRequests for the token or, after too many failures, for the address.
   */
  authenticate(
    authorization: string | undefined,
    address: string,
    kinds?: readonly Token['kind'][],
  ): TokenCaller | Promise<TokenCaller>;
  /** The same for the value of a browser's session. It has the rights of its account's token, no more and no less. */
  authenticateSession(value: string, address: string): TokenCaller | Promise<TokenCaller>;
  /** Runs what tries a credential: its Unauthorized counts against the address. @throws as {@link authenticate} */
  guarded<Result>(address: string, attempt: () => Promise<Result>): Promise<Result>;
  /** Drops all that is remembered: a token was revoked, a session ended, or an account suspended or deleted. */
  forget(): void;
}

/** So long a token that was revoked by another process may still work. */
const trustMilliseconds = 1000;
const rememberedTokens = 10_000;

const accessOnly: readonly Token['kind'][] = ['access'];

interface Remembered {
  readonly caller: TokenCaller;
  readonly until: number;
}

/**
 * Tokens are compared by their SHA-256: what an attacker could learn from the time of a comparison is of no use.
 * Only tokens that were found are remembered. A remembered token is looked up again even while its address is
 * throttled, so that nobody can lock out a neighbour who works with a right one.
 */
export function createTokenAuth(options: {
  readonly tokens: TokenStore;
  readonly sessions: Pick<SessionStore, 'find'>;
  readonly failedLogins: FailedLogins;
  readonly requestsPerMinute: number | null;
  readonly clock: Clock;
}): TokenAuth {
  const { tokens, sessions, failedLogins, clock } = options;
  const requests = createWindowLimit({ perMinute: options.requestsPerMinute, clock });
  const remembered = createBoundedCache<string, Remembered>({ maxSize: rememberedTokens });

  const lookUp = async (
    credentialHash: string,
    address: string,
    find: (hash: string) => Promise<TokenCaller | null>,
  ): Promise<TokenCaller> => {
    if (remembered.get(credentialHash) === undefined) failedLogins.refuseIfTooMany(address);
    // Counted from before the question: the answer may be old when it arrives.
    const until = clock.monotonic() + trustMilliseconds;
    const caller = await find(credentialHash);
    if (caller === null) {
      remembered.delete(credentialHash);
      throw failedLogins.failed(address, unauthorized());
    }
    remembered.set(credentialHash, { caller, until });
    return caller;
  };

  const findToken = async (tokenHash: string): Promise<TokenCaller | null> => {
    const found = await tokens.find(tokenHash);
    if (found === null) return null;
    const { accountId, id, kind, sourceId } = found;
    return { accountId, tokenId: id, actor: `token:${id}`, kind, sourceId, session: null };
  };

  const findSession = async (sessionHash: string): Promise<TokenCaller | null> => {
    const found = await sessions.find(sessionHash);
    if (found === null) return null;
    const { accountId, tokenId, id, expiresAt } = found;
    const session = { id, expiresAt };
    return { accountId, tokenId, actor: `session:${id}`, kind: 'access', sourceId: null, session };
  };

  const authenticateBy = (
    value: string,
    address: string,
    kinds: readonly Token['kind'][],
    find: (hash: string) => Promise<TokenCaller | null>,
  ): TokenCaller | Promise<TokenCaller> => {
    const credentialHash = hash('sha256', value);
    const known = remembered.get(credentialHash);
    if (known !== undefined && clock.monotonic() < known.until) return admit(known.caller, kinds, address);
    return lookUp(credentialHash, address, find).then((caller) => admit(caller, kinds, address));
  };

  const admit = (caller: TokenCaller, kinds: readonly Token['kind'][], address: string): TokenCaller => {
    if (!kinds.includes(caller.kind)) throw failedLogins.failed(address, unauthorized());
    const seconds = requests.take(caller.tokenId);
    if (seconds > 0) throw tooManyRequests('This token has used up its requests of this minute.', seconds);
    return caller;
  };

  return {
    authenticate(authorization, address, kinds = accessOnly) {
      const token = parseToken(authorization);
      if (token === null) throw failedLogins.failed(address, unauthorized());
      return authenticateBy(token, address, kinds, findToken);
    },
    authenticateSession: (value, address) => authenticateBy(value, address, accessOnly, findSession),
    async guarded(address, attempt) {
      failedLogins.refuseIfTooMany(address);
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof Failure && error.code === 'Unauthorized')
          throw failedLogins.failed(address, error);
        throw error;
      }
    },
    forget: remembered.clear,
  };
}

/** The token of `Bearer <token>`, or of the bare form that real clients send too. */
export function parseToken(authorization: string | undefined): string | null {
  const [, token] = /^(?:bearer[ \t]+)?([^\s]{1,512})[ \t]*$/i.exec(authorization ?? '') ?? [];
  return token ?? null;
}

const unauthorized = (): Failure =>
  new Failure('Unauthorized', 'This call needs an access token that exists and was not revoked.', {
    remedy: 'Send it as the header "Authorization: Bearer <token>".',
  });

/** Who asks: by the token in the header, or else by the session in the cookie. */
export function authenticateRequest(
  { tokenAuth, sessionCookie, settings }: CallerParts,
  request: FastifyRequest,
): TokenCaller | Promise<TokenCaller> {
  const { authorization } = request.headers;
  const value = authorization === undefined ? sessionCookie.read(request) : null;
  if (value === null) return tokenAuth.authenticate(authorization, request.ip);
  refuseOtherSites(request, settings);
  return tokenAuth.authenticateSession(value, request.ip);
}

export interface CallerParts {
  readonly tokenAuth: TokenAuth;
  readonly sessionCookie: SessionCookie;
  readonly settings: Pick<HttpSettings, 'publicUrl'>;
}

/** Hook of every surface whose calls need a token. Paths that do not exist need none: they answer 404. */
export const requireToken =
  (parts: CallerParts) =>
  (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    if (request.is404) {
      done();
      return;
    }
    try {
      const caller = authenticateRequest(parts, request);
      if (caller instanceof Promise) {
        caller.then((found) => {
          request.caller = found;
          done();
        }, done);
        return;
      }
      request.caller = caller;
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };

/** The caller of a route behind {@link requireToken}. */
export function callerOf(request: FastifyRequest): TokenCaller {
  if (request.caller === null) throw new Bug(`${request.routeOptions.url} is not behind the token check`);
  return request.caller;
}
