import type { Selectable } from 'kysely';
import { all, first, run, type Work } from '../operation.ts';
import type { BatchesTable, LoadsTable } from '../records-schema.ts';
import { statement } from '../statement.ts';

export type LoadRow = Selectable<LoadsTable>;

/** A batch as plans see it. */
export type PlannedBatch = Pick<
  Selectable<BatchesTable>,
  | 'position'
  | 'id'
  | 'format'
  | 'load_group'
  | 'records'
  | 'rejected'
  | 'raw_bytes'
  | 'stored_bytes'
  | 'received_at'
  | 'suspect'
  | 'discard_asked_at'
>;

export const plannedColumns = [
  'position',
  'id',
  'format',
  'load_group',
  'records',
  'rejected',
  'raw_bytes',
  'stored_bytes',
  'received_at',
  'suspect',
  'discard_asked_at',
] as const satisfies (keyof PlannedBatch)[];

type NewLoad = Pick<
  LoadRow,
  | 'id'
  | 'account_id'
  | 'lane_id'
  | 'destination_id'
  | 'revision'
  | 'first_position'
  | 'batched_at'
  | 'batches'
  | 'raw_bytes'
  | 'stored_bytes'
  | 'crashes'
>;

const insert = statement<NewLoad>()((db, given) =>
  db
    .insertInto('loads')
    .values({
      id: given('id'),
      account_id: given('account_id'),
      lane_id: given('lane_id'),
      destination_id: given('destination_id'),
      revision: given('revision'),
      first_position: given('first_position'),
      batched_at: given('batched_at'),
      attempts: 0,
      crashes: given('crashes'),
      fence: 0,
      batches: given('batches'),
      raw_bytes: given('raw_bytes'),
      stored_bytes: given('stored_bytes'),
    })
    .returningAll(),
);

const bind = statement<{ loadId: string; positions: string }>()((db, given, { idsInJson }) =>
  db
    .updateTable('batches')
    .set({ load_id: given('loadId') })
    .where('position', 'in', idsInJson(given('positions'))),
);

const unbind = statement<{ loadId: string }>()((db, given) =>
  db
    .updateTable('batches')
    .set({ load_id: null })
    .where('load_id', '=', given('loadId'))
    .where('outcome', 'is', null),
);

const loadById = statement<{ loadId: string }>()((db, given) =>
  db.selectFrom('loads').selectAll().where('id', '=', given('loadId')),
);

const batchesOf = statement<{ loadId: string }>()((db, given) =>
  db.selectFrom('batches').select(plannedColumns).where('load_id', '=', given('loadId')).orderBy('position'),
);

const remove = statement<{ loadId: string }>()((db, given) =>
  db.deleteFrom('loads').where('id', '=', given('loadId')),
);

type Bound = Omit<NewLoad, 'first_position' | 'batches' | 'raw_bytes' | 'stored_bytes'>;

/** Plans a load of these batches, which are in order and at least one. */
export function* addLoad(load: Bound, batches: readonly PlannedBatch[]): Work<LoadRow | undefined> {
  const row = yield* first(insert, {
    ...load,
    first_position: batches[0]?.position ?? 0,
    batches: batches.length,
    raw_bytes: total(batches, 'raw_bytes'),
    stored_bytes: total(batches, 'stored_bytes'),
  });
  yield* run(bind, {
    loadId: load.id,
    positions: JSON.stringify(batches.map(({ position }) => position)),
  });
  return row;
}

/** Takes a plan apart: its batches wait again, in their old places. */
export function* dissolveLoad(loadId: string): Work<void> {
  yield* run(unbind, { loadId });
  yield* run(remove, { loadId });
}

export function* getLoad(loadId: string): Work<LoadRow | undefined> {
  return yield* first(loadById, { loadId });
}

/** In the order in which they are loaded. */
export function* batchesOfLoad(loadId: string): Work<readonly PlannedBatch[]> {
  return yield* all(batchesOf, { loadId });
}

function total(batches: readonly PlannedBatch[], of: 'raw_bytes' | 'stored_bytes'): number {
  return batches.reduce((sum, batch) => sum + batch[of], 0);
}
