import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { parseId } from '../ids.ts';
import { paginate } from '../page.ts';
import { renderStream } from './render-stream.ts';

/** The last load of each table. */
export function loadRoutes(app: FastifyInstance, { store }: AppParts): void {
  app.get<{ Params: { client: string } }>('/:client/loads', async (request) => {
    const { accountId } = callerOf(request);
    if (parseId(request.params.client) !== accountId)
      throw new Failure('Unauthorized', 'This token is of another client than the one in the path.', {
        remedy: 'GET /v4/account names the client of a token.',
      });
    const page = paginate(await store.loads.streams(accountId), request);
    return { ...page, data: page.data.map((stream) => renderStream(accountId, stream)) };
  });
}
