import type { Selectable } from 'kysely';
import { assert } from '../../errors/bug.ts';
import { first, run, type Work } from '../operation.ts';
import type { LanesTable } from '../records-schema.ts';
import { statement } from '../statement.ts';

export type LaneRow = Selectable<LanesTable>;

interface NewLane {
  readonly accountId: number;
  readonly sourceId: number;
  readonly table: string;
}

const laneOf = statement<NewLane>()((db, given) =>
  db
    .selectFrom('lanes')
    .select('id')
    .where('source_id', '=', given('sourceId'))
    .where('table_name', '=', given('table')),
);

const insertLane = statement<NewLane>()((db, given) =>
  db
    .insertInto('lanes')
    .values({
      account_id: given('accountId'),
      source_id: given('sourceId'),
      table_name: given('table'),
      fence: 0,
      loaded_fence: 0,
      blocked: 0,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

/** Those who work on a lane hold it; batches that come in meanwhile do not. */
const lockLease = statement<Lease>()((db, given) =>
  db
    .selectFrom('lanes')
    .selectAll()
    .where('load_id', '=', given('loadId'))
    .where('fence', '=', given('fence'))
    .where('owner', 'is not', null)
    .forNoKeyUpdate(),
);

const lockLane = statement<{ id: number }>()((db, given) =>
  db.selectFrom('lanes').selectAll().where('id', '=', given('id')).forNoKeyUpdate(),
);

const free = statement<{ id: number }>()((db, given) =>
  db
    .updateTable('lanes')
    .set({ owner: null, lease_until: null, load_id: null })
    .where('id', '=', given('id')),
);

/** In the order of their ids, as everybody does who locks several. */
export const lockLanesOfSource = statement<{ sourceId: number }>()((db, given) =>
  db
    .selectFrom('lanes')
    .select(['id', 'account_id', 'origin_id'])
    .where('source_id', '=', given('sourceId'))
    .orderBy('id')
    .forNoKeyUpdate(),
);

/** A load as its owner knows it. */
export interface Lease {
  readonly loadId: string;
  readonly fence: number;
}

/** The id of the lane, which is made when its first batch comes. */
export function* laneFor(lane: NewLane): Work<number> {
  const known = yield* first(laneOf, lane);
  if (known) return known.id;
  yield* run(insertLane, lane);
  const made = yield* first(laneOf, lane);
  assert(made, 'a lane is gone right after it was made');
  return made.id;
}

/** The lane under this lease, kept from changing until the commit; undefined when the lease was lost. */
export function* holdLease({ loadId, fence }: Lease): Work<LaneRow | undefined> {
  return yield* first(lockLease, { loadId, fence });
}

/** The lane, kept from changing until the commit. */
export function* holdLane(id: number): Work<LaneRow | undefined> {
  return yield* first(lockLane, { id });
}

/** Ends the lease of a lane that is held. */
export function* freeLane({ id }: Pick<LaneRow, 'id'>): Work<void> {
  yield* run(free, { id });
}
