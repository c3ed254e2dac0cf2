import type { Attempted, ClaimDeliveries, ClaimedDelivery } from '../hook-store.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { type HookRow, toHook } from './hooks.ts';

interface Look {
  readonly owner: string;
  readonly now: number;
  readonly perHook: number;
  readonly limit: number;
}

/**
 * Hooks with something due that are not served by enough already, of accounts that still get a slot; the one that was
 * served longest ago first. What another process is looking at is left to it.
 */
const hooksInTurn = statement<Look>()((db, given) =>
  db
    .selectFrom('hooks')
    .innerJoin('accounts', 'accounts.id', 'hooks.account_id')
    .selectAll('hooks')
    .where('accounts.suspended_at', 'is', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('hook_deliveries as due')
          .select('due.id')
          .whereRef('due.hook_id', '=', 'hooks.id')
          .where('due.ended_at', 'is', null)
          .where('due.next_at', '<=', given('now')),
      ),
    )
    .where(({ eb, selectFrom, val }) =>
      eb(
        selectFrom('hook_deliveries as served')
          .select(({ fn }) => fn.countAll<number>().as('slots'))
          .whereRef('served.hook_id', '=', 'hooks.id')
          .where('served.ended_at', 'is', null)
          .where('served.owner', 'is not', null)
          .where('served.next_at', '>', given('now')),
        '<',
        val(given('perHook')),
      ),
    )
    .where(({ eb, selectFrom, val }) =>
      eb(
        selectFrom('hook_deliveries as held')
          .innerJoin('hooks as others', 'others.id', 'held.hook_id')
          .select(({ fn }) => fn.countAll<number>().as('slots'))
          .whereRef('others.account_id', '=', 'hooks.account_id')
          .where('held.ended_at', 'is', null)
          .where('held.owner', '=', given('owner'))
          .where('held.next_at', '>', given('now')),
        '<',
        val(given('limit')),
      ),
    )
    .orderBy('hooks.served_at')
    .orderBy('hooks.id')
    .limit(given('limit'))
    .forNoKeyUpdate(['hooks'])
    .skipLocked(),
);

const dueOf = statement<{ hookId: number; now: number }>()((db, given) =>
  db
    .selectFrom('hook_deliveries')
    .select('id')
    .where('hook_id', '=', given('hookId'))
    .where('ended_at', 'is', null)
    .where('next_at', '<=', given('now'))
    .orderBy('next_at')
    .orderBy('position')
    .limit(1),
);

const take = statement<{ id: string; owner: string; until: number }>()((db, given) =>
  db
    .updateTable('hook_deliveries')
    .set(({ eb }) => ({
      owner: given('owner'),
      next_at: given('until'),
      attempts: eb('attempts', '+', 1),
      fence: eb('fence', '+', 1),
    }))
    .where('id', '=', given('id'))
    .returning(['id', 'fence', 'attempts', 'body', 'is_test']),
);

const serve = statement<{ hookId: number; now: number }>()((db, given) =>
  db
    .updateTable('hooks')
    .set({ served_at: given('now') })
    .where('id', '=', given('hookId')),
);

const end = statement<{
  id: string;
  fence: number;
  state: 'waiting' | 'sent' | 'failed';
  status: number | null;
  error: string | null;
  nextAt: number;
  endedAt: number | null;
}>()((db, given) =>
  db
    .updateTable('hook_deliveries')
    .set({
      state: given('state'),
      status: given('status'),
      error: given('error'),
      next_at: given('nextAt'),
      ended_at: given('endedAt'),
      owner: null,
    })
    .where('id', '=', given('id'))
    .where('fence', '=', given('fence'))
    .where('owner', 'is not', null)
    .where('ended_at', 'is', null),
);

const giveBack = statement<{ id: string; fence: number; now: number }>()((db, given) =>
  db
    .updateTable('hook_deliveries')
    .set(({ eb }) => ({ owner: null, next_at: given('now'), attempts: eb('attempts', '-', 1) }))
    .where('id', '=', given('id'))
    .where('fence', '=', given('fence'))
    .where('owner', 'is not', null)
    .where('ended_at', 'is', null),
);

const freeAll = statement()((db) =>
  db
    .updateTable('hook_deliveries')
    .set({ owner: null, next_at: 0 })
    .where('owner', 'is not', null)
    .where('ended_at', 'is', null),
);

/** Each turn gives one delivery to each hook, so that a long queue of one does not fill what is free. */
export function* claimDeliveries(input: ClaimDeliveries, { now }: Context): Work<ClaimedDelivery[]> {
  const { owner, perHook, leaseMilliseconds } = input;
  const claimed: ClaimedDelivery[] = [];
  const free = () => input.limit - claimed.length;
  while (free() > 0) {
    const before = claimed.length;
    const taken = new Set<number>();
    for (const hook of yield* all(hooksInTurn, { owner, now, perHook, limit: free() })) {
      // One for each account and look: the next look counts what it holds by then.
      if (taken.has(hook.account_id)) continue;
      taken.add(hook.account_id);
      const delivery = yield* takeNext(hook, { owner, now, until: now + leaseMilliseconds });
      if (delivery) claimed.push(delivery);
    }
    if (claimed.length === before) break;
  }
  return claimed;
}

function* takeNext(
  hook: HookRow,
  { owner, now, until }: { owner: string; now: number; until: number },
): Work<ClaimedDelivery | null> {
  const due = yield* first(dueOf, { hookId: hook.id, now });
  const row = due && (yield* first(take, { id: due.id, owner, until }));
  if (!row) return null;
  yield* run(serve, { hookId: hook.id, now });
  return {
    id: row.id,
    fence: row.fence,
    attempt: row.attempts,
    hook: toHook(hook),
    sealedSecret: hook.secret,
    isTest: row.is_test === 1,
    body: row.body,
  };
}

export function* settleDelivery(
  { id, fence, status, error, retryIn }: Attempted,
  { now }: Context,
): Work<boolean> {
  const waits = error !== null && retryIn !== null;
  const touched = yield* run(end, {
    id,
    fence,
    state: waits ? 'waiting' : error === null ? 'sent' : 'failed',
    status,
    error,
    nextAt: waits ? now + retryIn : now,
    endedAt: waits ? null : now,
  });
  return touched > 0;
}

export function* releaseDelivery(claim: { id: string; fence: number }, { now }: Context): Work<void> {
  yield* run(giveBack, { ...claim, now });
}

/** For a store whose only process has just started: whoever sent something is gone. */
export function* freeDeliveries(): Work<void> {
  yield* run(freeAll, {});
}
