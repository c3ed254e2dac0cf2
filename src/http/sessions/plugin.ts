import type * as wire from '@backstitch/client';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpenedSession } from '../../control/sessions.ts';
import { Failure } from '../../errors/failure.ts';
import { renderTimestamp } from '../../model/timestamp.ts';
import type { AppParts } from '../app-parts.ts';
import { hasOnly, readJsonObject } from '../body.ts';
import { installAnswers } from '../surface.ts';
import { createV4Surface } from '../v4/errors.ts';
import { refuseOtherSites } from './refuse-other-sites.ts';

/** `/v4/session`: a browser signs in and out. These calls bring their credentials along, in the body or the cookie. */
export const sessionPlugin =
  (parts: AppParts) =>
  async (app: FastifyInstance): Promise<void> => {
    const { sessions, sessionCookie, tokenAuth, settings } = parts;
    installAnswers(app, createV4Surface(parts.types), parts.log);
    app.addHook('onRequest', (request, _reply, done) => {
      refuseOtherSites(request, settings);
      done();
    });

    const open = async (request: FastifyRequest): Promise<OpenedSession> => {
      const credential = readCredential(request);
      if ('accessToken' in credential)
        return await sessions.signIn(await tokenAuth.authenticate(credential.accessToken, request.ip));
      return await tokenAuth.guarded(request.ip, () => sessions.exchange(credential.ephemeralToken));
    };

    app.post('/session', async (request, reply) => {
      const { session, value } = await open(request);
      await endOld(request);
      const seconds = Math.floor((session.expiresAt - parts.clock.now()) / 1000);
      reply.header('set-cookie', sessionCookie.write(request, value, seconds));
      return renderSession(session.accountId, session.expiresAt);
    });

    app.get('/session', async (request) => {
      const value = sessionCookie.read(request);
      if (value === null) throw notSignedIn();
      const { accountId, session } = await tokenAuth.authenticateSession(value, request.ip);
      return renderSession(accountId, session?.expiresAt ?? 0);
    });

    app.delete('/session', async (request, reply: FastifyReply) => {
      await endOld(request);
      reply.header('set-cookie', sessionCookie.clear(request));
      return {};
    });

    async function endOld(request: FastifyRequest): Promise<void> {
      const value = sessionCookie.read(request);
      if (value === null) return;
      await sessions.signOut(value);
      tokenAuth.forget();
    }
  };

const notSignedIn = (): Failure =>
  new Failure('Unauthorized', 'This browser is not signed in, or its session has ended.', {
    remedy: 'Sign in with a token of the account.',
  });

const renderSession = (accountId: number, expiresAt: number): wire.Session => ({
  account_id: accountId,
  expires_at: renderTimestamp(expiresAt),
});

type Credential = { readonly accessToken: string } | { readonly ephemeralToken: string };

/** @throws {Failure} InvalidBody, which shows nothing of what stands in the body. */
function readCredential(request: FastifyRequest): Credential {
  const body = readJsonObject(request);
  const { access_token: accessToken, ephemeral_token: ephemeralToken } = body;
  if (hasOnly(body, ['access_token']) && typeof accessToken === 'string') return { accessToken };
  if (hasOnly(body, ['ephemeral_token']) && typeof ephemeralToken === 'string') return { ephemeralToken };
  throw new Failure('InvalidBody', 'The body must have access_token or ephemeral_token, a string.');
}
