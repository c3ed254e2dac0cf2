import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { paginate } from '../page.ts';
import { type ByClient, clientOf } from './client.ts';
import { renderStream } from './render-stream.ts';

/** The last load of each table. */
export function loadRoutes(app: FastifyInstance, { store }: AppParts): void {
  app.get<ByClient>('/:client/loads', async (request) => {
    const accountId = clientOf(request);
    const page = await paginate(await store.loads.streams(accountId), request);
    return { ...page, data: page.data.map((stream) => renderStream(accountId, stream)) };
  });
}
