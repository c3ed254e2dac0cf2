import type { Replay, ReplayedTable } from '../../model/replay.ts';
import type { StreamError } from '../../model/source.ts';
import { all, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

const replaysOf = statement<{ accountId: number; sourceId: number }>()((db, given) =>
  db
    .selectFrom('sources')
    .select(['id', 'destination_id', 'properties', 'created_at', 'deleted_at'])
    .where('replay_of', '=', given('sourceId'))
    .where('account_id', '=', given('accountId'))
    .orderBy('id', 'desc'),
);

const lanesOf = statement<{ sourceId: number }>()((db, given) =>
  db
    .selectFrom('lanes')
    .leftJoin('lane_totals', 'lane_totals.lane_id', 'lanes.id')
    .select(({ fn, eb, cast, lit }) => [
      'lanes.table_name as table',
      'lanes.error',
      cast<number>(
        fn.coalesce(
          fn.sum(
            eb.case().when('lane_totals.outcome', '=', 'waiting').then(eb.ref('lane_totals.batches')).end(),
          ),
          lit(0),
        ),
        'bigint',
      ).as('remaining'),
      cast<number>(
        fn.coalesce(
          fn.sum(
            eb
              .case()
              .when('lane_totals.outcome', '=', 'quarantined')
              .then(eb.ref('lane_totals.batches'))
              .end(),
          ),
          lit(0),
        ),
        'bigint',
      ).as('quarantined'),
    ])
    .where('lanes.source_id', '=', given('sourceId'))
    .groupBy(['lanes.id', 'lanes.table_name', 'lanes.error']),
);

const unfinished = statement<{ sourceId: number; destinationId: number }>()((db, given) =>
  db
    .selectFrom('sources')
    .innerJoin('lanes', 'lanes.source_id', 'sources.id')
    .innerJoin('batches', 'batches.lane_id', 'lanes.id')
    .select('sources.id')
    .where('sources.replay_of', '=', given('sourceId'))
    .where('sources.destination_id', '=', given('destinationId'))
    .where('sources.deleted_at', 'is', null)
    .where('batches.outcome', 'is', null)
    .limit(1),
);

/** The replay of this source into this destination that has batches left; null: there is none. */
export function* unfinishedReplay(sourceId: number, destinationId: number): Work<number | null> {
  return (yield* first(unfinished, { sourceId, destinationId }))?.id ?? null;
}

type Planned = Omit<ReplayedTable, 'remaining' | 'quarantined' | 'error'>;

export function* listReplays(of: { accountId: number; sourceId: number }): Work<Replay[]> {
  const replays: Replay[] = [];
  for (const row of yield* all(replaysOf, of)) {
    const { since, planned } = JSON.parse(row.properties) as { since: number | null; planned: Planned[] };
    const lanes = yield* all(lanesOf, { sourceId: row.id });
    const byTable = new Map(lanes.map((lane) => [lane.table, lane]));
    const tables = planned.map((table): ReplayedTable => {
      const { remaining = 0, quarantined = 0, error = null } = byTable.get(table.table) ?? {};
      const shown = remaining > 0 && error !== null ? (JSON.parse(error) as StreamError) : null;
      return { ...table, remaining, quarantined, error: shown };
    });
    const isOver = tables.every(({ remaining }) => remaining === 0);
    replays.push({
      id: row.id,
      sourceId: of.sourceId,
      destinationId: row.destination_id ?? 0,
      since,
      createdAt: row.created_at,
      state: row.deleted_at === null ? (isOver ? 'completed' : 'loading') : 'cancelled',
      tables,
    });
  }
  return replays;
}
