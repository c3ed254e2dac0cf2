import { all, type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

/** A hook is told of one thing about one table at most once in so long. */
const quietMilliseconds = 3_600_000;

interface Quiet {
  readonly hookId: number;
  /** 0: it is about the destination. */
  readonly laneId: number;
}

const quietOf = statement<Quiet>()((db, given) =>
  db
    .selectFrom('hook_quiets')
    .select(['told_at', 'held_back'])
    .where('hook_id', '=', given('hookId'))
    .where('lane_id', '=', given('laneId')),
);

const holdBack = statement<Quiet>()((db, given) =>
  db
    .updateTable('hook_quiets')
    .set(({ eb }) => ({ held_back: eb('held_back', '+', 1) }))
    .where('hook_id', '=', given('hookId'))
    .where('lane_id', '=', given('laneId')),
);

const begin = statement<Quiet & { now: number; isOpen: number }>()((db, given) =>
  db
    .insertInto('hook_quiets')
    .values({
      hook_id: given('hookId'),
      lane_id: given('laneId'),
      told_at: given('now'),
      held_back: 0,
      is_open: given('isOpen'),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['hook_id', 'lane_id'])
        .doUpdateSet({ told_at: given('now'), held_back: 0, is_open: given('isOpen') }),
    ),
);

const openOf = statement<{ laneId: number }>()((db, given) =>
  db
    .selectFrom('hook_quiets')
    .select('hook_id')
    .where('lane_id', '=', given('laneId'))
    .where('is_open', '=', 1),
);

const close = statement<{ laneId: number }>()((db, given) =>
  db
    .updateTable('hook_quiets')
    .set({ is_open: 0 })
    .where('lane_id', '=', given('laneId'))
    .where('is_open', '=', 1),
);

/**
 * Asks whether a hook may be told now. Null: not yet, it is counted. Otherwise the number of those that were held back
 * since the last one, and the next hour is quiet.
 * @param isOpen what is told has an end that will be told too.
 */
export function* mayTell(quiet: Quiet, isOpen: boolean, { now }: Context): Work<number | null> {
  const row = yield* first(quietOf, quiet);
  // A clock that was put back must not make it quiet for long.
  if (row && now >= row.told_at && now - row.told_at < quietMilliseconds) {
    yield* run(holdBack, quiet);
    return null;
  }
  yield* run(begin, { ...quiet, now, isOpen: isOpen ? 1 : 0 });
  return row?.held_back ?? 0;
}

/** Whether a failure of the lane was told whose end was not; it counts as told from now on. */
export function* closeFailure(laneId: number): Work<boolean> {
  const open = yield* all(openOf, { laneId });
  if (open.length > 0) yield* run(close, { laneId });
  return open.length > 0;
}
