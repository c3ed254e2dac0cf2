import type { LoadGap, StreamError, StreamState } from '../../model/source.ts';
import { all, type Context, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

const shownMilliseconds = 60 * 24 * 60 * 60_000;

const attempted = statement<{ accountId: number; after: number }>()((db, given) =>
  db
    .selectFrom('lanes')
    .innerJoin('sources', 'sources.id', 'lanes.source_id')
    .select([
      'lanes.source_id as sourceId',
      'sources.name as sourceName',
      'lanes.table_name as table',
      'lanes.last_loaded_at as lastLoadedAt',
      'lanes.last_attempt_at as lastAttemptAt',
      'lanes.error',
      'lanes.gap',
    ])
    .where('lanes.account_id', '=', given('accountId'))
    .where('lanes.origin_id', 'is', null)
    .where('lanes.last_attempt_at', '>=', given('after'))
    .orderBy('lanes.table_name')
    .orderBy('lanes.source_id'),
);

export function* listStreams(accountId: number, { now }: Pick<Context, 'now'>): Work<StreamState[]> {
  const rows = yield* all(attempted, { accountId, after: now - shownMilliseconds });
  return rows.map(({ error, gap, lastAttemptAt, ...stream }) => ({
    ...stream,
    lastAttemptAt: lastAttemptAt ?? 0,
    error: error === null ? null : (JSON.parse(error) as StreamError),
    gap: gap === null ? null : (JSON.parse(gap) as LoadGap),
  }));
}
