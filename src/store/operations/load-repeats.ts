import type { Place } from '../../model/place.ts';
import type { PastLoad } from '../load-store.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { addToTotals, takeFromTotals } from './batch-totals.ts';
import { getLoad } from './load-row.ts';

const pastLoads = statement<{ sourceId: number; table: string; limit: number }>()((db, given) =>
  db
    .selectFrom('loads')
    .innerJoin('lanes', 'lanes.id', 'loads.lane_id')
    .select(({ selectFrom, fn }) => [
      'loads.id',
      'loads.destination_id',
      'loads.batched_at',
      'loads.completed_at',
      'loads.rows_loaded',
      'loads.batches',
      'loads.place',
      'loads.missing_at',
      selectFrom('batches')
        .select(fn.countAll<number>().as('count'))
        .whereRef('batches.load_id', '=', 'loads.id')
        .where('batches.outcome', '=', 'loaded')
        .as('retained'),
    ])
    .where('lanes.source_id', '=', given('sourceId'))
    .where('lanes.table_name', '=', given('table'))
    .where('loads.completed_at', 'is not', null)
    .orderBy('loads.first_position', 'desc')
    .limit(given('limit')),
);

const lockLane = statement<{ id: number }>()((db, given) =>
  db
    .selectFrom('lanes')
    .select(['id', 'account_id', 'source_id', 'origin_id'])
    .where('id', '=', given('id'))
    .forNoKeyUpdate(),
);

/** Asked once the lane is held: whoever deletes a source holds its lanes too. */
const liveSource = statement<{ id: number }>()((db, given) =>
  db.selectFrom('sources').select('id').where('id', '=', given('id')).where('deleted_at', 'is', null),
);

/** Kept from being dropped until the commit. */
const lockPayload = statement<{ loadId: string }>()((db, given) =>
  db
    .selectFrom('batches')
    .select('id')
    .where('load_id', '=', given('loadId'))
    .where('outcome', '=', 'loaded')
    .forUpdate(),
);

const waitAgain = statement<{ loadId: string }>()((db, given) =>
  db.updateTable('batches').set({ outcome: null, ended_at: null }).where('load_id', '=', given('loadId')),
);

const planAgain = statement<{ loadId: string }>()((db, given) =>
  db
    .updateTable('loads')
    .set({ completed_at: null, rows_loaded: null, rows_rejected: null, dropped_as_older: null, attempts: 0 })
    .where('id', '=', given('loadId')),
);

export function* completedLoads(wanted: {
  sourceId: number;
  table: string;
  limit: number;
}): Work<PastLoad[]> {
  return (yield* all(pastLoads, wanted)).map((load) => ({
    loadId: load.id,
    destinationId: load.destination_id,
    batchedAt: load.batched_at,
    completedAt: load.completed_at ?? 0,
    rowsLoaded: load.rows_loaded ?? 0,
    retained: load.retained === load.batches,
    place: load.place === null ? null : (JSON.parse(load.place) as Place),
    missing: load.missing_at !== null,
  }));
}

export function* repeatLoad(loadId: string, context: Context): Work<boolean> {
  const known = yield* getLoad(loadId);
  const lane = known && (yield* first(lockLane, { id: known.lane_id }));
  // Read again, now that nobody else changes it.
  const load = lane && (yield* getLoad(loadId));
  if (!load || load.completed_at === null) return false;
  if (!(yield* first(liveSource, { id: lane.source_id }))) return false;
  if ((yield* all(lockPayload, { loadId })).length < load.batches) return false;
  yield* run(waitAgain, { loadId });
  yield* run(planAgain, { loadId });
  yield* takeFromTotals(lane, 'loaded', load);
  yield* addToTotals(lane, 'waiting', load);
  context.notify('loads');
  return true;
}
