import type * as wire from '@backstitch/client';
import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';

/** `POST /v3/sessions/ephemeral`: what a partner's program asks for, so that its user gets into the console. */
export function ephemeralSessionRoutes(app: FastifyInstance, { sessions }: AppParts): void {
  app.post('/sessions/ephemeral', async (request) => {
    const { accountId, tokenId, session } = callerOf(request);
    if (session !== null)
      throw new Failure('Forbidden', 'A session cannot make another one: it would never have to end.', {
        remedy: 'Ask for it with an access token of the account.',
      });
    const value = await sessions.issueEphemeral({ accountId, tokenId });
    if (value === null) throw new Failure('Unauthorized');
    return { ephemeral_token: value } satisfies wire.EphemeralToken;
  });
}
