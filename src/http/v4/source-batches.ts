import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import { renderTimestamp } from '../../model/timestamp.ts';
import type { BatchState } from '../../store/load-store.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { readLimit } from '../limit.ts';
import { type BySourceId, findSource } from './sources.ts';

/** What became of the batches that a source has sent. */
export function sourceBatchRoutes(app: FastifyInstance, { store, clock }: AppParts): void {
  app.get<BySourceId>('/sources/:id/batches', async (request) => {
    const { id } = await findSource(store, request);
    const filter = { limit: readLimit(request), ...readTable(request) };
    const batches = await store.batches.list(callerOf(request).accountId, id, filter);
    const now = clock.now();
    return batches.map((batch) => renderBatch(batch, now));
  });
}

/** @throws {Failure} InvalidQuery when it is given twice. */
function readTable(request: FastifyRequest): { table?: string } {
  const { table } = request.query as Record<string, unknown>;
  if (table === undefined) return {};
  if (typeof table === 'string') return { table };
  throw new Failure('InvalidQuery', 'table must be the name of one table.');
}

export const renderBatch = (batch: BatchState, now: number): object => ({
  id: batch.id,
  table_name: batch.table,
  state: batch.state,
  records: batch.records,
  bytes: batch.rawBytes,
  received_at: renderTimestamp(batch.receivedAt),
  // The store's clock may be ahead of this process's.
  age_seconds: Math.max(0, Math.round((now - batch.receivedAt) / 1000)),
  last_error: batch.lastError,
});
