import type { CheckStep } from '../../model/check.ts';
import { type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { CompletedCheck } from '../store.ts';
import { endCheck, supersede } from './check-ends.ts';
import { type CheckRow, openChecks } from './check-row.ts';
import { type DestinationRow, holdDestination } from './destination-row.ts';

/** A claimed check as its owner knows it. */
export interface Claim {
  readonly name: string;
  readonly fence: number;
}

const destinationOfCheck = statement<{ name: string }>()((db, given) =>
  db.selectFrom('checks').select('destination_id as id').where('name', '=', given('name')),
);

const prolong = statement<Claim & { until: number; steps: string }>()((db, given) =>
  db
    .updateTable('checks')
    .set({ lease_until: given('until'), steps: given('steps') })
    .where('name', '=', given('name'))
    .where('fence', '=', given('fence'))
    .where('status', '=', 'running'),
);

const waitAgain = statement<{ name: string; revision: number }>()((db, given) =>
  db
    .updateTable('checks')
    .set({
      status: 'waiting',
      revision: given('revision'),
      started_at: null,
      steps: '[]',
      attempt: 0,
      owner: null,
      lease_until: null,
    })
    .where('name', '=', given('name')),
);

const freeAll = statement()((db) =>
  db.updateTable('checks').set({ lease_until: 0 }).where('status', '=', 'running'),
);

export function* heartbeatCheck(
  { leaseMilliseconds, steps, ...claim }: Claim & { leaseMilliseconds: number; steps: readonly CheckStep[] },
  { now }: Context,
): Work<boolean> {
  const touched = yield* run(prolong, {
    ...claim,
    until: now + leaseMilliseconds,
    steps: JSON.stringify(steps),
  });
  return touched > 0;
}

export function* completeCheck(
  { result, ...claim }: Claim & { result: CompletedCheck },
  context: Context,
): Work<boolean> {
  const held = yield* holdClaim(claim);
  if (!held) return false;
  const { destination, check } = held;
  yield* endCheck(
    destination,
    check,
    {
      failed: result.failed,
      refused: result.refused,
      error: result.error,
      hostKeys: result.hostKeys,
      steps: JSON.stringify(result.steps),
      startedAt: check.started_at ?? result.startedAt,
      completedAt: context.now,
    },
    context,
  );
  return true;
}

export function* releaseCheck(claim: Claim, context: Context): Work<void> {
  const held = yield* holdClaim(claim);
  if (!held) return;
  const { destination, check } = held;
  const { waiting } = yield* openChecks(destination.id);
  const standsFor = check.superseded_by ?? waiting?.name ?? null;
  if (standsFor !== null) yield* supersede(check, standsFor, check.steps, context);
  else yield* run(waitAgain, { name: check.name, revision: destination.revision });
  context.notify('checks');
}

/** For a store whose only process has just started: whoever held a lease is gone. */
export function* freeCheckLeases(): Work<void> {
  yield* run(freeAll, {});
}

/** The running check and its destination, if the claim still stands. */
function* holdClaim({ name, fence }: Claim): Work<{ destination: DestinationRow; check: CheckRow } | null> {
  const row = yield* first(destinationOfCheck, { name });
  const destination = row && (yield* holdDestination(row.id));
  if (!destination) return null;
  const { running: check } = yield* openChecks(destination.id);
  return check?.name === name && check.fence === fence ? { destination, check } : null;
}
