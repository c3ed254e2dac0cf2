import type * as wire from '@backstitch/client';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ReplayRequest } from '../../control/replays.ts';
import { Failure } from '../../errors/failure.ts';
import type { Replay } from '../../model/replay.ts';
import { parseTimestamp, renderTimestamp, renderTimestampOrNull } from '../../model/timestamp.ts';
import { type Answer, sendAnswer } from '../answer.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { hasOnly, readJsonObject } from '../body.ts';
import { runOnce } from '../idempotency.ts';
import { parseId } from '../ids.ts';
import { type BySourceId, findSource, sourceId } from './sources.ts';

interface ByReplayId {
  Params: { id: string; replay: string };
}

/** Loading once more what is kept of a source, into a destination that is named. */
export function replayRoutes(app: FastifyInstance, { store, replays }: AppParts): void {
  app.post<BySourceId>('/sources/:id/replay', async (request, reply) => {
    const { id } = await findSource(store, request);
    const wanted = readRequest(request);
    const start = async (): Promise<Answer> => {
      const replay = await replays.start(callerOf(request), id, wanted);
      return { status: 200, headers: {}, body: JSON.stringify(renderReplay(replay)) };
    };
    return sendAnswer(reply, await runOnce(store.idempotency, request, start));
  });

  app.get<BySourceId>('/sources/:id/replays', async (request) =>
    (await replays.list(callerOf(request), sourceId(request))).map(renderReplay),
  );

  app.get<ByReplayId>('/sources/:id/replays/:replay', async (request) =>
    renderReplay(await replays.get(callerOf(request), sourceId(request), replayId(request))),
  );

  app.delete<ByReplayId>('/sources/:id/replays/:replay', async (request) =>
    renderReplay(await replays.cancel(callerOf(request), sourceId(request), replayId(request))),
  );
}

function replayId({ params }: FastifyRequest<ByReplayId>): number {
  const id = parseId(params.replay);
  if (id !== null) return id;
  throw new Failure('InvalidId', `replay not found (${params.replay})`);
}

const wrong = (what: string): Failure => new Failure('InvalidBody', what);

function readRequest(request: FastifyRequest): ReplayRequest {
  const body = readJsonObject(request);
  const { destination_id: destinationId, tables, since, force } = body;
  if (!hasOnly(body, ['destination_id', 'tables', 'since', 'force']))
    throw wrong('The body may have destination_id, tables, since and force.');
  if (typeof destinationId !== 'number' || !Number.isSafeInteger(destinationId) || destinationId < 1)
    throw wrong('destination_id must be the id of a destination.');
  const isList = (value: unknown): value is string[] =>
    Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
  if (tables != null && !isList(tables)) throw wrong('tables must be a list of table names.');
  const time = typeof since === 'string' ? parseTimestamp(since) : null;
  if (since != null && time === null) throw wrong('since must be a time like 2026-02-06T15:36:36Z.');
  if (force != null && typeof force !== 'boolean') throw wrong('force must be true or false.');
  return {
    destinationId,
    ...(tables == null ? {} : { tables: tables as string[] }),
    ...(time === null ? {} : { since: time }),
    ...(force == null ? {} : { force }),
  };
}

const sum = (replay: Replay, of: 'batches' | 'records' | 'remaining' | 'quarantined'): number =>
  replay.tables.reduce((all, table) => all + table[of], 0);

/** A replay with how far it is. */
export const renderReplay = (replay: Replay): wire.Replay => ({
  id: replay.id,
  source_id: replay.sourceId,
  destination_id: replay.destinationId,
  state: replay.state,
  since: renderTimestampOrNull(replay.since),
  created_at: renderTimestamp(replay.createdAt),
  batches: sum(replay, 'batches'),
  batches_remaining: sum(replay, 'remaining'),
  batches_quarantined: sum(replay, 'quarantined'),
  records: sum(replay, 'records'),
  tables: replay.tables.map((table) => ({
    table_name: table.table,
    batches: table.batches,
    batches_remaining: table.remaining,
    batches_quarantined: table.quarantined,
    records: table.records,
    received_from: renderTimestamp(table.from),
    received_to: renderTimestamp(table.to),
    missing_until: renderTimestampOrNull(table.missingUntil),
    error:
      table.error === null
        ? null
        : { message: table.error.message, remedy: table.error.remedy, code: table.error.code },
  })),
});
