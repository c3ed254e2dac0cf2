import type { FastifyInstance } from 'fastify';
import { paginate } from '../page.ts';
import { type ByClient, clientOf } from './client.ts';

/**
 * Jobs that fetch records for a source. Import API sources are sent theirs, so no such job has ever run in this build:
 * clients that ask get an empty list, not an error; for the logs of a job by its name, a path like any other unknown
 * one: 404.
 */
export function extractionRoutes(app: FastifyInstance): void {
  app.get<ByClient>('/:client/extractions', async (request) => {
    clientOf(request);
    return await paginate([], request);
  });
}
