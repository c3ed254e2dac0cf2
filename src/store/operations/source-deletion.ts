import { assert } from '../../errors/bug.ts';
import type { Source } from '../../model/source.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { takeWaitingFromTotals } from './batch-totals.ts';
import { lockLanesOfSource } from './lane-row.ts';
import { holdSourceForGood, type OwnedSource, type SourceRow, toSource } from './source-row.ts';

interface Ended {
  readonly sourceId: number;
  readonly now: number;
}

const markDeleted = statement<Ended>()((db, given) =>
  db
    .updateTable('sources')
    .set({ deleted_at: given('now'), updated_at: given('now') })
    .where('id', '=', given('sourceId'))
    .returningAll(),
);

const revokeTokens = statement<Ended>()((db, given) =>
  db
    .updateTable('tokens')
    .set({ revoked_at: given('now') })
    .where('source_id', '=', given('sourceId'))
    .where('revoked_at', 'is', null),
);

/** Their payloads are dropped in steps afterwards: in one go the store would stand still for as long. */
const discardWaiting = statement<{ sourceId: number }>()((db, given) =>
  db
    .updateTable('batches')
    .set({ outcome: 'discarded', ended_at: 0, load_id: null })
    .where('source_id', '=', given('sourceId'))
    .where('outcome', 'is', null),
);

const dropPlans = statement<{ laneId: number }>()((db, given) =>
  db.deleteFrom('loads').where('lane_id', '=', given('laneId')).where('completed_at', 'is', null),
);

const freeLanes = statement<{ sourceId: number }>()((db, given) =>
  db
    .updateTable('lanes')
    .set({ owner: null, lease_until: null, load_id: null })
    .where('source_id', '=', given('sourceId')),
);

const replaysOf = statement<{ sourceId: number }>()((db, given) =>
  db
    .selectFrom('sources')
    .select('id')
    .where('replay_of', '=', given('sourceId'))
    .where('deleted_at', 'is', null)
    .orderBy('id'),
);

export function* deleteSource(
  wanted: OwnedSource,
  context: Context,
): Work<{ source: Source; discardedBatches: number } | null> {
  const held = yield* holdSourceForGood(wanted);
  if (!held || held.replay_of !== null) return null;
  for (const { id } of yield* all(replaysOf, { sourceId: held.id }))
    yield* cancelReplay({ accountId: wanted.accountId, sourceId: held.id, id }, context);
  return yield* endSource(held, context);
}

/** Gives up what a replay has not loaded; false: there is none that goes on. */
export function* cancelReplay(
  { accountId, sourceId, id }: { accountId: number; sourceId: number; id: number },
  context: Context,
): Work<boolean> {
  const held = yield* holdSourceForGood({ accountId, id });
  if (!held || held.replay_of !== sourceId) return false;
  yield* endSource(held, context);
  return true;
}

function* endSource(held: SourceRow, context: Context): Work<{ source: Source; discardedBatches: number }> {
  const ended = { sourceId: held.id, now: context.now };
  const row = yield* first(markDeleted, ended);
  assert(row, 'a source is gone while it was held');
  yield* run(revokeTokens, ended);
  for (const lane of yield* all(lockLanesOfSource, ended)) {
    yield* run(dropPlans, { laneId: lane.id });
    yield* takeWaitingFromTotals(lane);
  }
  yield* run(freeLanes, ended);
  const discardedBatches = yield* run(discardWaiting, ended);
  context.notify('loads');
  return { source: toSource(row), discardedBatches };
}
