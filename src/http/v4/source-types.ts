import type { FastifyInstance } from 'fastify';
import { checkType } from '../../control/sources.ts';
import { renderSourceTypeCard } from '../../model/source-report-card.ts';

/** What records can come from. */
export function sourceTypeRoutes(app: FastifyInstance): void {
  const card = renderSourceTypeCard();

  app.get('/source-types', async () => [card]);

  app.get<{ Params: { type: string } }>('/source-types/:type', async (request) => {
    checkType(request.params.type);
    return card;
  });
}
