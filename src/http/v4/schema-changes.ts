import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { readPage } from '../page.ts';
import { readNumber, readSince, readText } from '../query.ts';
import { type ByClient, clientOf } from './client.ts';
import { renderSchemaChange } from './render-schema-change.ts';

/** How loads changed tables. */
export function schemaChangeRoutes(app: FastifyInstance, { store }: AppParts): void {
  app.get<ByClient>('/:client/schema-changes', async (request) => {
    const accountId = clientOf(request);
    const { source_id: sourceId } = readNumber(request, 'source_id');
    const filter = {
      ...readText(request, 'table'),
      ...readSince(request),
      ...(sourceId === undefined ? {} : { sourceId }),
    };
    return await readPage(request, async (part) => {
      const { changes, total } = await store.rejections.changes(accountId, { ...filter, ...part });
      return { data: changes.map(renderSchemaChange), total };
    });
  });
}
