import type { Selectable } from 'kysely';
import { Failure } from '../../errors/failure.ts';
import { randomId } from '../../lib/random-id.ts';
import type { Delivery, HookType } from '../../model/hook.ts';
import { sampleBody } from '../../model/hook-samples.ts';
import type { HookDeliveriesTable } from '../hooks-schema.ts';
import { all, type Context, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { holdDestination } from './destination-row.ts';
import { getHook, holdHook } from './hooks.ts';

type DeliveryRow = Selectable<HookDeliveriesTable>;

/** Test messages of one hook that may wait. */
const mostTests = 5;

const insert = statement<{
  id: string;
  accountId: number;
  hookId: number;
  type: HookType;
  isTest: number;
  body: string;
  now: number;
}>()((db, given) =>
  db
    .insertInto('hook_deliveries')
    .values({
      id: given('id'),
      account_id: given('accountId'),
      hook_id: given('hookId'),
      type: given('type'),
      is_test: given('isTest'),
      body: given('body'),
      state: 'waiting',
      attempts: 0,
      fence: 0,
      next_at: given('now'),
      created_at: given('now'),
    })
    .returningAll(),
);

const newest = statement<{ hookId: number; limit: number }>()((db, given) =>
  db
    .selectFrom('hook_deliveries')
    .selectAll()
    .where('hook_id', '=', given('hookId'))
    .orderBy('position', 'desc')
    .limit(given('limit')),
);

const waitingTests = statement<{ hookId: number }>()((db, given) =>
  db
    .selectFrom('hook_deliveries')
    .select(({ fn }) => fn.countAll<number | string>().as('tests'))
    .where('hook_id', '=', given('hookId'))
    .where('ended_at', 'is', null)
    .where('is_test', '=', 1),
);

const countWaiting = statement()((db) =>
  db
    .selectFrom('hook_deliveries')
    .select(({ fn }) => fn.countAll<number | string>().as('waiting'))
    .where('ended_at', 'is', null),
);

export interface NewDelivery {
  readonly accountId: number;
  readonly hookId: number;
  readonly type: HookType;
  readonly body: string;
  readonly isTest?: boolean;
}

/** Puts a message into a hook's queue. Whoever runs again gets another id, and nobody has seen the first one. */
export function* addDelivery(
  { isTest = false, ...delivery }: NewDelivery,
  context: Context,
): Work<DeliveryRow> {
  const id = randomId();
  context.notify('hooks');
  return (yield* first(insert, { ...delivery, id, isTest: isTest ? 1 : 0, now: context.now }))!;
}

export function* listDeliveries({
  limit,
  ...of
}: {
  accountId: number;
  id: number;
  limit: number;
}): Work<Delivery[] | null> {
  const hook = yield* getHook(of);
  return hook && (yield* all(newest, { hookId: hook.id, limit })).map(toDelivery);
}

export function* testHook(of: { accountId: number; id: number }, context: Context): Work<Delivery | null> {
  const hook = yield* holdHook(of);
  const destination = hook && (yield* holdDestination(hook.destination_id));
  if (!hook || !destination) return null;
  const counted = yield* first(waitingTests, { hookId: hook.id });
  if (Number(counted?.tests) >= mostTests)
    throw new Failure('TooManyRequests', `${mostTests} test messages of this hook wait already.`, {
      remedy: 'Its deliveries say why they were not received.',
    });
  const { account_id: accountId, type } = hook;
  const { id, name, type: destinationType } = destination;
  const about = { id, type: destinationType, name };
  const body = sampleBody({ type, accountId, destination: about, at: context.now });
  return toDelivery(yield* addDelivery({ accountId, hookId: hook.id, type, body, isTest: true }, context));
}

export function* waitingDeliveries(): Work<number> {
  return Number((yield* first(countWaiting, {}))?.waiting);
}

const toDelivery = (row: DeliveryRow): Delivery => ({
  id: row.id,
  hookId: row.hook_id,
  type: row.type,
  isTest: row.is_test === 1,
  state: row.state,
  attempts: row.attempts,
  status: row.status,
  error: row.error,
  createdAt: row.created_at,
  nextAttemptAt: row.ended_at === null ? row.next_at : null,
  endedAt: row.ended_at,
});
