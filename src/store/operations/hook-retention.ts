import type { RetainDeliveries, RetainedDeliveries } from '../hook-store.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

/** Rows that one step forgets at most. */
const stepRows = 1_000;

const forgetEnded = statement<{ before: number; limit: number }>()((db, given) =>
  db
    .deleteFrom('hook_deliveries')
    .where('position', 'in', (rows) =>
      rows
        .selectFrom('hook_deliveries as old')
        .select('old.position')
        .where('old.ended_at', 'is not', null)
        .where('old.ended_at', '<', given('before'))
        .limit(given('limit')),
    ),
);

const dropOld = statement<{ since: number; now: number }>()((db, given) =>
  db
    .updateTable('hook_deliveries')
    .set({ state: 'dropped', ended_at: given('now') })
    .where('ended_at', 'is', null)
    .where('owner', 'is', null)
    .where('created_at', '<', given('since')),
);

const crowdedHooks = statement<{ most: number }>()((db, given) =>
  db
    .selectFrom('hook_deliveries')
    .select('hook_id')
    .groupBy('hook_id')
    .having(({ fn }) => fn.countAll<number>(), '>', given('most')),
);

/** The position of the oldest one that stays; undefined: all of them do. */
const newestThatGoes = statement<{ hookId: number; most: number }>()((db, given) =>
  db
    .selectFrom('hook_deliveries')
    .select('position')
    .where('hook_id', '=', given('hookId'))
    .where('ended_at', 'is not', null)
    .orderBy('position', 'desc')
    .offset(given('most'))
    .limit(1),
);

const newestThatIsDropped = statement<{ hookId: number; most: number }>()((db, given) =>
  db
    .selectFrom('hook_deliveries')
    .select('position')
    .where('hook_id', '=', given('hookId'))
    .where('ended_at', 'is', null)
    .orderBy('position', 'desc')
    .offset(given('most'))
    .limit(1),
);

const forgetUpTo = statement<{ hookId: number; position: number; limit: number }>()((db, given) =>
  db
    .deleteFrom('hook_deliveries')
    .where('position', 'in', (rows) =>
      rows
        .selectFrom('hook_deliveries as old')
        .select('old.position')
        .where('old.hook_id', '=', given('hookId'))
        .where('old.position', '<=', given('position'))
        .where('old.ended_at', 'is not', null)
        .limit(given('limit')),
    ),
);

const dropUpTo = statement<{ hookId: number; position: number; now: number }>()((db, given) =>
  db
    .updateTable('hook_deliveries')
    .set({ state: 'dropped', ended_at: given('now') })
    .where('hook_id', '=', given('hookId'))
    .where('position', '<=', given('position'))
    .where('ended_at', 'is', null)
    .where('owner', 'is', null),
);

/** What was told so long ago holds nothing back any more. A failure whose end is not told stays. */
const forgetQuiets = statement<{ before: number }>()((db, given) =>
  db.deleteFrom('hook_quiets').where('told_at', '<', given('before')).where('is_open', '=', 0),
);

/** See `HookStore.retain`. What somebody is sending stays. */
export function* retainDeliveries(
  { endedBefore, waitingSince, perHook }: RetainDeliveries,
  { now }: Context,
): Work<RetainedDeliveries> {
  let forgotten = yield* run(forgetEnded, { before: endedBefore, limit: stepRows });
  yield* run(forgetQuiets, { before: endedBefore });
  let dropped = yield* run(dropOld, { since: waitingSince, now });
  for (const { hook_id: hookId } of yield* all(crowdedHooks, { most: perHook })) {
    const last = yield* first(newestThatIsDropped, { hookId, most: perHook });
    if (last) dropped += yield* run(dropUpTo, { hookId, position: last.position, now });
    const gone = yield* first(newestThatGoes, { hookId, most: perHook });
    if (gone && forgotten < stepRows)
      forgotten += yield* run(forgetUpTo, { hookId, position: gone.position, limit: stepRows });
  }
  return { forgotten, dropped };
}
