import { Readable } from 'node:stream';
import type * as wire from '@backstitch/client';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { RejectedEntry, RejectedFilter } from '../../intake/rejected-records.ts';
import { renderExactJson } from '../../lib/exact-json.ts';
import { parseTimestamp, renderTimestamp } from '../../model/timestamp.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { hasOnly, rawBody, readJsonObject } from '../body.ts';
import { readLimit } from '../limit.ts';
import { readSince, readText } from '../query.ts';
import { renderRejectedTable, renderRejections } from './render-rejection.ts';
import { type BySourceId, findSource } from './sources.ts';

/** What loads could not take: why, whole, and once more. */
export function rejectedRoutes(app: FastifyInstance, { store, rejected }: AppParts): void {
  app.get<BySourceId>('/sources/:id/rejected', async (request) => {
    const { id } = await findSource(store, request);
    const { accountId } = callerOf(request);
    const filter = readFilter(request);
    if (Object.keys(filter).length === 0)
      return (await store.rejections.summary(accountId, id)).map(renderRejectedTable);
    const limit = readLimit(request);
    const parts = await store.rejections.list(accountId, id, { ...filter, limit, retried: true });
    return parts.flatMap(renderRejections).slice(0, limit);
  });

  app.get<BySourceId>('/sources/:id/rejected/records', async (request, reply) => {
    const source = await findSource(store, request);
    const lines = renderLines(rejected.records(source, readFilter(request)));
    reply.header('content-disposition', `attachment; filename="rejected-${source.id}.jsonl"`);
    return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(lines));
  });

  app.post<BySourceId>('/sources/:id/rejected/retry', async (request) => {
    const source = await findSource(store, request);
    const filter = readRetryBody(request);
    if (source.deletedAt !== null)
      throw new Failure('InvalidId', `The source ${source.id} is deleted: nothing can be loaded from it.`);
    const { records, batches, partly, unreadable } = await rejected.retry(source, filter);
    return {
      records,
      batches,
      left_out: [
        ...(partly === 0 ? [] : [{ records: partly, why: valuesLeftOut }]),
        ...(unreadable === 0 ? [] : [{ records: unreadable, why: payloadGone }]),
      ],
    } satisfies wire.RetriedRecords;
  });
}

const valuesLeftOut =
  'Only single values of these records were left out: the records stand, and the same record again would change nothing. Send them again with a higher sequence.';
const payloadGone = 'The batches that held these records are damaged or no longer retained. Send them again.';

/** Nothing given: all of it. */
const readFilter = (request: FastifyRequest): RejectedFilter => {
  const { batch } = readText(request, 'batch');
  return {
    ...readText(request, 'table'),
    ...(batch === undefined ? {} : { batchId: batch }),
    ...readSince(request),
  };
};

function readRetryBody(request: FastifyRequest): RejectedFilter {
  if (rawBody(request).length === 0) return {};
  const body = readJsonObject(request);
  if (!hasOnly(body, ['table', 'batch', 'since']))
    throw new Failure('InvalidBody', 'The body may have table, batch and since.');
  const { table, batch, since } = body;
  for (const [name, value] of Object.entries({ table, batch }))
    if (!(value === undefined || typeof value === 'string'))
      throw new Failure('InvalidBody', `${name} must be a string.`);
  const time = typeof since === 'string' ? parseTimestamp(since) : null;
  if (since !== undefined && time === null)
    throw new Failure('InvalidBody', 'since must be a time like 2018-02-06T15:36:36Z.');
  return {
    ...(typeof table === 'string' ? { table } : {}),
    ...(typeof batch === 'string' ? { batchId: batch } : {}),
    ...(time === null ? {} : { since: time }),
  };
}

/** A line each; numbers keep every digit. A record that cannot be read any more is null. */
async function* renderLines(entries: AsyncIterable<RejectedEntry>): AsyncGenerator<string> {
  for await (const { table, kind, reason, batchId, position, loadId, rejectedAt, record } of entries) {
    const facts = JSON.stringify({
      table_name: table,
      kind,
      reason,
      batch_id: batchId,
      position,
      load_id: loadId,
      rejected_at: renderTimestamp(rejectedAt),
    });
    yield `${facts.slice(0, -1)},"record":${record === undefined ? 'null' : renderExactJson(record)}}\n`;
  }
}
