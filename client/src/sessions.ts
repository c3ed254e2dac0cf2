import type { CallOptions, Transport } from './transport.ts';
import type { EphemeralToken, Session } from './wire/account.ts';

/** Browsers that are signed in. The cookie is the browser's own business: no script sees it. */
export interface Sessions {
  /** Of this browser. @throws {AuthenticationError} when it has none. */
  current(options?: CallOptions): Promise<Session>;
  signIn(
    credential: { readonly access_token: string } | { readonly ephemeral_token: string },
    options?: CallOptions,
  ): Promise<Session>;
  signOut(options?: CallOptions): Promise<void>;
  /** Made with a token of the account; signs a browser in, once and within an hour. */
  createEphemeralToken(options?: CallOptions): Promise<string>;
}

export function createSessions({ call }: Transport): Sessions {
  const headers = { 'backstitch-session': '1' };
  return {
    current: async ({ signal } = {}) => (await call<Session>('/v4/session', { signal })).value,
    signIn: async (body, { signal } = {}) =>
      (await call<Session>('/v4/session', { method: 'POST', body, headers, signal })).value,
    async signOut({ signal } = {}) {
      await call('/v4/session', { method: 'DELETE', headers, signal });
    },
    async createEphemeralToken({ signal } = {}) {
      const { value } = await call<EphemeralToken>('/v3/sessions/ephemeral', { method: 'POST', signal });
      return value.ephemeral_token;
    },
  };
}
