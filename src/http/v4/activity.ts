import type * as wire from '@backstitch/client';
import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { Activity } from '../../model/activity.ts';
import { renderTimestamp, renderTimestampOrNull } from '../../model/timestamp.ts';
import type { AppParts } from '../app-parts.ts';
import { readNumber, readSince, readText } from '../query.ts';
import { type ByClient, clientOf } from './client.ts';

const day = 24 * 60 * 60_000;
const longest = 60 * day;

/** So many points make a chart; more would only make it slow. */
const mostPoints = 120;
const stepsInSeconds = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 43_200, 86_400];

/** How loading went over time, and how it stands now. */
export function activityRoutes(app: FastifyInstance, { store, clock }: AppParts): void {
  app.get<ByClient>('/:client/activity', async (request): Promise<wire.Activity> => {
    const accountId = clientOf(request);
    const until = clock.now();
    const { since: wanted = until - day } = readSince(request);
    if (wanted > until || wanted < until - longest)
      throw new Failure('InvalidQuery', 'since must be a time within the past 60 days.');
    const step = stepFor(until - wanted) * 1000;
    // Steps begin at whole ones, so that the same loads are in the same point however often one asks.
    const since = Math.floor(wanted / step) * step;
    const { source_id: sourceId } = readNumber(request, 'source_id');
    const activity = await store.loads.activity(accountId, {
      since,
      stepMilliseconds: step,
      ...readText(request, 'table'),
      ...(sourceId === undefined ? {} : { sourceId }),
    });
    return {
      since: renderTimestamp(since),
      until: renderTimestamp(until),
      step_seconds: step / 1000,
      ...renderActivity(activity),
    };
  });
}

const stepFor = (milliseconds: number): number =>
  stepsInSeconds.find((seconds) => milliseconds / 1000 / seconds <= mostPoints) ?? 86_400;

export const renderActivity = ({ points, tables }: Activity): Pick<wire.Activity, 'points' | 'tables'> => ({
  points: points.map(({ at, loads, rowsLoaded, rowsRejected }) => ({
    at: renderTimestamp(at),
    loads,
    rows_loaded: rowsLoaded,
    rows_rejected: rowsRejected,
  })),
  tables: tables.map((table) => ({
    source_id: table.sourceId,
    table_name: table.table,
    loads: table.loads,
    rows_loaded: table.rowsLoaded,
    rows_rejected: table.rowsRejected,
    last_loaded_at: renderTimestampOrNull(table.lastLoadedAt),
    batches_waiting: table.batchesWaiting,
    bytes_waiting: table.bytesWaiting,
    waiting_since: renderTimestampOrNull(table.waitingSince),
    error: table.error && {
      message: table.error.message,
      remedy: table.error.remedy,
      code: table.error.code,
      since: renderTimestamp(table.error.since),
    },
  })),
});
