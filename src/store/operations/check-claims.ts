import type { Kysely } from 'kysely';
import { all, type Context, first, type Work } from '../operation.ts';
import type { Schema } from '../schema.ts';
import { statement } from '../statement.ts';
import type { ClaimedCheck, ClaimInput } from '../store.ts';
import { minuteOf, spendCheck } from './check-budgets.ts';
import { endCheck, supersede } from './check-ends.ts';
import { type CheckRow, toCheck } from './check-row.ts';
import { holdDestination, sealedOf, toDestination } from './destination-row.ts';
import { hostKeysForCheck } from './host-keys.ts';

/** With the slots that its account holds; null: none. PostgreSQL counts in text. */
type Candidate = CheckRow & { readonly slots: number | string | null };

/** Owners that may die over a check before it is given up. */
const maximalAttempts = 3;

/** How many checks an owner runs for each account. */
const slotsOf = (db: Kysely<Schema>, owner: string, now: number) =>
  db
    .selectFrom('checks')
    .select(({ fn }) => ['account_id', fn.countAll<number | string>().as('slots')])
    .where('status', '=', 'running')
    .where('owner', '=', owner)
    .where('lease_until', '>', now)
    .groupBy('account_id')
    .as('held');

const lapsedChecks = statement<{ owner: string; now: number; limit: number }>()((db, given) =>
  db
    .selectFrom('checks')
    .innerJoin('destinations', 'destinations.id', 'checks.destination_id')
    .innerJoin('accounts', 'accounts.id', 'checks.account_id')
    .leftJoin(slotsOf(db, given('owner'), given('now')), 'held.account_id', 'checks.account_id')
    .selectAll('checks')
    .select('held.slots')
    .where('checks.status', '=', 'running')
    .where('checks.lease_until', '<=', given('now'))
    .where('accounts.suspended_at', 'is', null)
    .where(({ eb, fn, ref, lit, val }) =>
      eb(fn.coalesce(ref('held.slots'), lit(0)), '<', val(given('limit'))),
    )
    .orderBy('checks.lease_until')
    .limit(given('limit'))
    .forUpdate(['checks', 'destinations'])
    .skipLocked(),
);

/** Oldest first, of accounts that still have budget and a slot; what another process is looking at is left to it. */
const waitingChecks = statement<{
  owner: string;
  now: number;
  minute: number;
  defaultPerMinute: number;
  limit: number;
}>()((db, given) =>
  db
    .selectFrom('checks')
    .innerJoin('destinations', 'destinations.id', 'checks.destination_id')
    .innerJoin('accounts', 'accounts.id', 'checks.account_id')
    .leftJoin('check_minutes', (on) =>
      on
        .onRef('check_minutes.account_id', '=', 'checks.account_id')
        .on('check_minutes.minute', '=', given('minute')),
    )
    .leftJoin(slotsOf(db, given('owner'), given('now')), 'held.account_id', 'checks.account_id')
    .selectAll('checks')
    .select('held.slots')
    .where('checks.status', '=', 'waiting')
    .where('accounts.suspended_at', 'is', null)
    .where(({ eb, fn, ref, lit, val }) =>
      eb(fn.coalesce(ref('held.slots'), lit(0)), '<', val(given('limit'))),
    )
    .where(({ eb, fn, ref, val, lit }) =>
      eb(
        fn.coalesce(ref('check_minutes.spent'), lit(0)),
        '<',
        fn.coalesce(ref('accounts.checks_per_minute'), val(given('defaultPerMinute'))),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('checks as running')
            .select('running.name')
            .whereRef('running.destination_id', '=', 'checks.destination_id')
            .where('running.status', '=', 'running'),
        ),
      ),
    )
    .orderBy('checks.created_at')
    .orderBy('checks.name')
    .limit(given('limit'))
    .forUpdate(['checks', 'destinations'])
    .skipLocked(),
);

const take = statement<{ name: string; owner: string; now: number; leaseUntil: number; attempt: number }>()(
  (db, given) =>
    db
      .updateTable('checks')
      .set(({ eb, ref }) => ({
        status: 'running' as const,
        owner: given('owner'),
        started_at: given('now'),
        lease_until: given('leaseUntil'),
        attempt: given('attempt'),
        fence: eb(ref('fence'), '+', 1),
        steps: '[]',
      }))
      .where('name', '=', given('name'))
      .returningAll(),
);

/**
 * An account takes a slot only while it holds fewer than are free. However many of its checks hang, and whoever else
 * waits, something stays free for the next account; one alone gets half of an owner's slots.
 */
export function* claimChecks(input: ClaimInput, context: Context): Work<ClaimedCheck[]> {
  const { owner, defaultPerMinute } = input;
  const { now } = context;
  const claimed: ClaimedCheck[] = [];
  const free = () => input.limit - claimed.length;
  const held = new Map<number, number>();
  const heldBy = (check: Candidate) => held.get(check.account_id) ?? Number(check.slots);
  const claim = function* (check: Candidate): Work<void> {
    const taken = yield* takeCheck(check, input, context);
    if (!taken) return;
    claimed.push(taken);
    held.set(check.account_id, heldBy(check) + 1);
  };

  for (const check of yield* all(lapsedChecks, { owner, now, limit: free() }))
    if (!(yield* endIfHopeless(check, context)) && heldBy(check) < free()) yield* claim(check);

  while (free() > 0) {
    const looked = { owner, now, minute: minuteOf(now), defaultPerMinute, limit: free() };
    const candidates = yield* all(waitingChecks, looked);
    if (candidates.length === 0) break;
    // Those of an account whose budget or share ends here drop out of the next look.
    for (const check of candidates) {
      if (heldBy(check) >= free()) continue;
      if (yield* spendCheck({ accountId: check.account_id, defaultPerMinute }, context)) yield* claim(check);
    }
  }
  return claimed;
}

/** A check that lost its owner is not taken again when newer settings overtook it, or it lost its third owner. */
function* endIfHopeless(check: CheckRow, context: Context): Work<boolean> {
  const destination = yield* holdDestination(check.destination_id);
  if (!destination) return true;
  if (check.superseded_by !== null) {
    context.notify('checks');
    yield* supersede(check, check.superseded_by, check.steps, context);
    return true;
  }
  if (check.attempt < maximalAttempts) return false;
  const result = {
    failed: true,
    refused: false,
    error: `The process that ran this check ended before the check did, ${maximalAttempts} times in a row. Start another check; if it happens again, the log of the server says why.`,
    hostKeys: [],
    steps: check.steps,
    startedAt: check.started_at ?? check.created_at,
    completedAt: context.now,
  };
  yield* endCheck(destination, check, result, context);
  return true;
}

function* takeCheck(check: CheckRow, input: ClaimInput, { now }: Context): Work<ClaimedCheck | null> {
  const destination = yield* holdDestination(check.destination_id);
  if (!destination) return null;
  const row = yield* first(take, {
    name: check.name,
    owner: input.owner,
    now,
    leaseUntil: now + input.leaseMilliseconds,
    attempt: check.attempt + 1,
  });
  if (!row) return null;
  return {
    check: toCheck(row),
    fence: row.fence,
    destination: toDestination(destination),
    sealed: sealedOf(destination),
    hostKeys: yield* hostKeysForCheck(destination.id),
  };
}
