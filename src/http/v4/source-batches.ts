import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { BatchState } from '../../store/load-store.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { readLimit } from '../limit.ts';
import { readText } from '../query.ts';
import { renderBatch } from './render-batch.ts';
import { type BySourceId, findSource } from './sources.ts';

const states: readonly string[] = [
  'ready',
  'loading',
  'blocked',
  'quarantined',
  'loaded',
] satisfies BatchState['state'][];

/** What became of the batches that a source has sent. */
export function sourceBatchRoutes(app: FastifyInstance, { store, clock }: AppParts): void {
  app.get<BySourceId>('/sources/:id/batches', async (request) => {
    const { id } = await findSource(store, request);
    const filter = { limit: readLimit(request), ...readText(request, 'table'), ...readState(request) };
    const batches = await store.batches.list(callerOf(request).accountId, id, filter);
    const now = clock.now();
    return batches.map((batch) => renderBatch(batch, now));
  });
}

function readState(request: FastifyRequest): { state?: BatchState['state'] } {
  const { state } = readText(request, 'state');
  if (state === undefined) return {};
  if (states.includes(state)) return { state: state as BatchState['state'] };
  throw new Failure('InvalidQuery', `state must be one of ${states.join(', ')}.`);
}
