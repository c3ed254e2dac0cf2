import type * as wire from '@backstitch/client';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { DiscardedBatch } from '../../store/discard.ts';
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
export function sourceBatchRoutes(app: FastifyInstance, { store, clock, log }: AppParts): void {
  app.get<BySourceId>('/sources/:id/batches', async (request) => {
    const { id } = await findSource(store, request);
    const filter = { limit: readLimit(request), ...readText(request, 'table'), ...readState(request) };
    const batches = await store.batches.list(callerOf(request).accountId, id, filter);
    const now = clock.now();
    return batches.map((batch) => renderBatch(batch, now));
  });

  app.post<ByBatchId>('/sources/:id/batches/:batch/discard', async (request, reply) => {
    const { id } = await findSource(store, request);
    const { accountId, actor } = callerOf(request);
    const { batch: batchId } = request.params;
    const discard = await store.batches.discard(accountId, id, batchId);
    if (discard.kind === 'unknown')
      throw new Failure('InvalidId', `batch not found (${batchId})`, {
        remedy: `GET /v4/sources/${id}/batches lists those of the source.`,
      });
    if (discard.kind === 'not_waiting') throw notWaiting(batchId, discard.state);
    log.info({ source: id, by: actor, ...discard }, 'a batch is discarded');
    if (discard.kind === 'asked') reply.code(202);
    return renderDiscard(discard.kind === 'discarded', discard.batch);
  });
}

interface ByBatchId extends BySourceId {
  Params: BySourceId['Params'] & { batch: string };
}

const notWaiting = (batchId: string, state: BatchState['state']): Failure =>
  new Failure(
    'BatchNotWaiting',
    `The batch ${batchId} is ${state}: only one that is blocked or quarantined can be discarded.`,
    {
      remedy: 'Look at its state again in a moment: GET /v4/sources/{id}/batches.',
    },
  );

const renderDiscard = (
  isDiscarded: boolean,
  { id, table, records, rawBytes }: DiscardedBatch,
): wire.Discard => ({
  id,
  table_name: table,
  records,
  bytes: rawBytes,
  discarded: isDiscarded,
});

function readState(request: FastifyRequest): { state?: BatchState['state'] } {
  const { state } = readText(request, 'state');
  if (state === undefined) return {};
  if (states.includes(state)) return { state: state as BatchState['state'] };
  throw new Failure('InvalidQuery', `state must be one of ${states.join(', ')}.`);
}
