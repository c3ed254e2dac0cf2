import { Failure } from '../../errors/failure.ts';
import type { Check } from '../../model/check.ts';
import { renderJobName } from '../../model/job-name.ts';
import { type Context, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { CompletedCheck } from '../store.ts';
import { addCheck, type CheckRow, nameNewestCheck, openChecks, toCheck } from './check-row.ts';
import { overtakeBy } from './check-starts.ts';
import { type DestinationRow, holdDestinationOf } from './destination-row.ts';
import { tellCheckFailed } from './hook-news.ts';
import { rememberHostKeys } from './host-keys.ts';
import { wakeDestination } from './lane-waking.ts';

const end = statement<
  Pick<CheckRow, 'name' | 'status' | 'completed_at' | 'steps' | 'error' | 'superseded_by'>
>()((db, given) =>
  db
    .updateTable('checks')
    .set({
      status: given('status'),
      completed_at: given('completed_at'),
      steps: given('steps'),
      error: given('error'),
      superseded_by: given('superseded_by'),
      owner: null,
      lease_until: null,
    })
    .where('name', '=', given('name')),
);

const makeLast = statement<{
  id: number;
  name: string;
  revision: number;
  failed: number;
  startedAt: number;
  completedAt: number;
  pausedAt: number | null;
}>()((db, given) =>
  db
    .updateTable('destinations')
    .set({
      last_check_name: given('name'),
      last_check_revision: given('revision'),
      last_check_failed: given('failed'),
      last_check_started_at: given('startedAt'),
      last_check_completed_at: given('completedAt'),
      system_paused_at: given('pausedAt'),
    })
    .where('id', '=', given('id')),
);

/** What counts of a check's result, whoever ran it. */
export type Result = Pick<CompletedCheck, 'failed' | 'refused' | 'error' | 'hostKeys'> & {
  readonly steps: string;
  readonly startedAt: number;
  readonly completedAt: number;
};

/**
 * Ends a running check of a held destination. Its result counts only if no newer settings have overtaken it; otherwise
 * it is superseded, and never the last check.
 */
export function* endCheck(
  destination: DestinationRow,
  check: CheckRow,
  result: Result,
  context: Context,
): Work<void> {
  context.notify('checks');
  if (check.revision !== destination.revision) {
    yield* supersede(check, check.superseded_by ?? destination.check_job_name, result.steps, context);
    return;
  }
  yield* run(end, {
    name: check.name,
    status: result.failed ? 'failed' : 'succeeded',
    completed_at: result.completedAt,
    steps: result.steps,
    error: result.failed ? result.error : null,
    superseded_by: null,
  });
  yield* takeResult(destination, check.name, result, context);
}

/** Ends a check in favour of the one of that name. */
export function* supersede(check: CheckRow, by: string | null, steps: string, { now }: Context): Work<void> {
  yield* run(end, {
    name: check.name,
    status: 'superseded',
    completed_at: now,
    steps,
    error: null,
    superseded_by: by === check.name ? null : by,
  });
}

/**
 * Stores the check that proved the held destination's settings before they were saved. It is the last check at once,
 * and stands for those that were still to come.
 */
export function* storeProof(
  destination: DestinationRow,
  proof: CompletedCheck,
  context: Context,
): Work<void> {
  const { waiting, running } = yield* openChecks(destination.id);
  const row = yield* addCompleted(destination, destination.revision, proof, context);
  if (waiting) yield* supersede(waiting, row.name, waiting.steps, context);
  if (running) yield* overtakeBy(running, row.name, destination.revision, context);
  yield* nameNewestCheck(destination, row.name);
  yield* takeResult(destination, row.name, { ...proof, steps: row.steps }, context);
  context.notify('checks');
}

/** Ends what waits or runs for a destination that is being deleted. */
export function* endOpenChecks(id: number, error: string, context: Context): Work<void> {
  const { waiting, running } = yield* openChecks(id);
  for (const check of [running, waiting]) {
    if (!check) continue;
    yield* run(end, {
      name: check.name,
      status: 'failed',
      completed_at: context.now,
      steps: check.steps,
      error,
      superseded_by: null,
    });
  }
  context.notify('checks');
}

export function* recordCheck(
  input: { accountId: number; destinationId: number; revision: number; result: CompletedCheck },
  context: Context,
): Work<Check> {
  const held = yield* holdDestinationOf(input.accountId, input.destinationId);
  if (!held) throw new Failure('InvalidId', `There is no destination ${input.destinationId}.`);
  return toCheck(yield* addCompleted(held, input.revision, input.result, context));
}

function* addCompleted(
  destination: DestinationRow,
  revision: number,
  result: CompletedCheck,
  { now }: Context,
): Work<CheckRow> {
  return yield* addCheck(destination, {
    name: renderJobName({
      accountId: destination.account_id,
      destinationId: destination.id,
      uuid: result.uuid,
    }),
    revision,
    status: result.failed ? 'failed' : 'succeeded',
    origin: result.origin,
    created_at: now,
    started_at: result.startedAt,
    completed_at: result.completedAt,
    steps: JSON.stringify(result.steps),
    error: result.failed ? result.error : null,
  });
}

function* takeResult(
  destination: DestinationRow,
  name: string,
  result: Result,
  context: Context,
): Work<void> {
  yield* run(makeLast, {
    id: destination.id,
    name,
    revision: destination.revision,
    failed: result.failed ? 1 : 0,
    startedAt: result.startedAt,
    completedAt: result.completedAt,
    pausedAt: pausedAfter(destination.system_paused_at, result),
  });
  yield* rememberHostKeys(destination.id, result.hostKeys);
  if (result.failed) yield* tellCheckFailed(destination, { name, ...result }, context);
  else yield* wakeDestination(destination.id, context);
}

/** Paused since it first refused us, until it lets us in; a failure of another kind changes nothing. */
function pausedAfter(pausedAt: number | null, { failed, refused, completedAt }: Result): number | null {
  if (!failed) return null;
  return refused ? (pausedAt ?? completedAt) : pausedAt;
}
