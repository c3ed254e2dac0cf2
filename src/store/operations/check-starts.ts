import type { Check } from '../../model/check.ts';
import { renderJobName } from '../../model/job-name.ts';
import { type Context, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { NewCheck } from '../store.ts';
import { addCheck, type CheckRow, nameNewestCheck, openChecks, toCheck } from './check-row.ts';
import { type DestinationRow, holdDestinationOf } from './destination-row.ts';

const moveToRevision = statement<{ name: string; revision: number }>()((db, given) =>
  db
    .updateTable('checks')
    .set({ revision: given('revision') })
    .where('name', '=', given('name')),
);

const overtake = statement<{ name: string; by: string; leaseUntil: number }>()((db, given) =>
  db
    .updateTable('checks')
    .set({ superseded_by: given('by'), lease_until: given('leaseUntil') })
    .where('name', '=', given('name')),
);

/**
 * Sees to it that a check of the held destination's revision waits: joins the one that waits already, else adds one. A
 * running check of older settings runs on, but its name stands for the waiting one from now on.
 */
export function* startCheck(destination: DestinationRow, check: NewCheck, context: Context): Work<CheckRow> {
  const { waiting, running } = yield* openChecks(destination.id);
  const row = waiting
    ? yield* join(waiting, destination.revision)
    : yield* addWaiting(destination, check, context);
  if (running) yield* overtakeBy(running, row.name, destination.revision, context);
  yield* nameNewestCheck(destination, row.name);
  return row;
}

/**
 * Lets the check of that name stand for a running one whose settings are no longer the current ones. Its owner ends it
 * soon; an owner that is gone must not keep the newer one waiting for the whole lease.
 */
export function* overtakeBy(
  running: CheckRow,
  by: string,
  currentRevision: number,
  { now }: Context,
): Work<void> {
  if (running.revision >= currentRevision || running.superseded_by !== null) return;
  const leaseUntil = Math.min(running.lease_until ?? 0, now + lastMilliseconds);
  yield* run(overtake, { name: running.name, by, leaseUntil });
}

/** What an owner that is alive needs at most to notice that its check was overtaken, and to end it. */
const lastMilliseconds = 5_000;

export function* requestCheck(
  { accountId, destinationId, check }: { accountId: number; destinationId: number; check: NewCheck },
  context: Context,
): Work<Check | null> {
  const held = yield* holdDestinationOf(accountId, destinationId);
  return held ? toCheck(yield* startCheck(held, check, context)) : null;
}

function* join(waiting: CheckRow, revision: number): Work<CheckRow> {
  if (waiting.revision !== revision) yield* run(moveToRevision, { name: waiting.name, revision });
  return { ...waiting, revision };
}

function* addWaiting(destination: DestinationRow, check: NewCheck, context: Context): Work<CheckRow> {
  context.notify('checks');
  return yield* addCheck(destination, {
    name: renderJobName({
      accountId: destination.account_id,
      destinationId: destination.id,
      uuid: check.uuid,
    }),
    revision: destination.revision,
    status: 'waiting',
    origin: check.origin,
    created_at: context.now,
  });
}
