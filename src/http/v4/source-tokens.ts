import type * as wire from '@backstitch/client';
import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { parseId } from '../ids.ts';
import { renderSource } from './render-source.ts';
import { type BySourceId, sourceId } from './sources.ts';

interface ByTokenId {
  Params: { id: string; token: string };
}

/** Import tokens of a source. */
export function sourceTokenRoutes(app: FastifyInstance, { sources, tokenAuth }: AppParts): void {
  // Without Idempotency-Key: a kept answer would keep the token.
  app.post<BySourceId>('/sources/:id/tokens', async (request) => {
    const { id, value } = await sources.issueToken(callerOf(request), sourceId(request));
    return { id, access_token: value } satisfies wire.IssuedToken;
  });

  app.get<BySourceId>('/sources/:id/tokens', async (request) =>
    sources.tokens(callerOf(request), sourceId(request)),
  );

  app.delete<ByTokenId>('/sources/:id/tokens/:token', async (request) => {
    const id = sourceId(request);
    const { token } = request.params;
    const tokenId = parseId(token);
    if (tokenId === null) throw new Failure('InvalidId', `token not found (${token})`);
    const source = await sources.revokeToken(callerOf(request), id, tokenId);
    tokenAuth.forget();
    return renderSource(source);
  });
}
