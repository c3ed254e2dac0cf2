import type { Selectable } from 'kysely';
import { Failure } from '../../errors/failure.ts';
import { type Hook, mostHooks } from '../../model/hook.ts';
import type { NewHook } from '../hook-store.ts';
import type { HooksTable } from '../hooks-schema.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import { keyIdOfSeal } from '../seal.ts';
import { statement } from '../statement.ts';
import { holdAccount } from './account-row.ts';
import { requireLiveKeys } from './seal-keys.ts';
import { requireDestination } from './source-mapping.ts';

export type HookRow = Selectable<HooksTable>;

interface HookOf {
  readonly accountId: number;
  readonly id: number;
}

const countHooks = statement<{ accountId: number }>()((db, given) =>
  db
    .selectFrom('hooks')
    .select(({ fn }) => fn.countAll<number | string>().as('hooks'))
    .where('account_id', '=', given('accountId')),
);

const insert = statement<NewHook & { sealedWith: string | null; now: number }>()((db, given) =>
  db
    .insertInto('hooks')
    .values({
      uid: given('uid'),
      account_id: given('accountId'),
      destination_id: given('destinationId'),
      type: given('type'),
      url: given('url'),
      secret: given('sealedSecret'),
      sealed_with: given('sealedWith'),
      created_at: given('now'),
      modified_at: given('now'),
      served_at: 0,
    })
    .returningAll(),
);

const hooksOfAccount = statement<{ accountId: number }>()((db, given) =>
  db.selectFrom('hooks').selectAll().where('account_id', '=', given('accountId')).orderBy('id'),
);

const hookOf = statement<HookOf>()((db, given) =>
  db
    .selectFrom('hooks')
    .selectAll()
    .where('id', '=', given('id'))
    .where('account_id', '=', given('accountId')),
);

const lockHook = statement<HookOf>()((db, given) =>
  db
    .selectFrom('hooks')
    .selectAll()
    .where('id', '=', given('id'))
    .where('account_id', '=', given('accountId'))
    .forUpdate(),
);

const setDisabled = statement<{ id: number; disabledAt: number | null; now: number }>()((db, given) =>
  db
    .updateTable('hooks')
    .set({ disabled_at: given('disabledAt'), modified_at: given('now') })
    .where('id', '=', given('id'))
    .returningAll(),
);

const dropWaiting = statement<{ id: number; now: number }>()((db, given) =>
  db
    .updateTable('hook_deliveries')
    .set({ state: 'dropped', ended_at: given('now'), owner: null })
    .where('hook_id', '=', given('id'))
    .where('ended_at', 'is', null),
);

const ofDestination = statement<{ destinationId: number }>()((db, given) =>
  db
    .selectFrom('hooks')
    .select('id')
    .where('destination_id', '=', given('destinationId'))
    .orderBy('id')
    .forUpdate(),
);

/** What refers comes first. */
const removals = (['hook_deliveries', 'hook_quiets'] as const)
  .map((table) =>
    statement<{ id: number }>()((db, given) => db.deleteFrom(table).where('hook_id', '=', given('id'))),
  )
  .concat(statement<{ id: number }>()((db, given) => db.deleteFrom('hooks').where('id', '=', given('id'))));

export const toHook = (row: HookRow): Hook => ({
  id: row.id,
  uid: row.uid,
  accountId: row.account_id,
  type: row.type,
  destinationId: row.destination_id,
  url: row.url,
  isSigned: row.secret !== null,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
  disabledAt: row.disabled_at,
});

export function* createHook(hook: NewHook, { now }: Context): Work<Hook> {
  const { accountId, destinationId, sealedSecret } = hook;
  // Held, so that of several who make the tenth hook one does.
  if (!(yield* holdAccount(accountId))) throw new Failure('InvalidId', `There is no account ${accountId}.`);
  yield* requireDestination(accountId, destinationId);
  const counted = yield* first(countHooks, { accountId });
  if (Number(counted?.hooks) >= mostHooks)
    throw new Failure('HookLimit', `The account has ${mostHooks} hooks, and may not have more.`);
  if (sealedSecret !== null) yield* requireLiveKeys({ secret: sealedSecret });
  const sealedWith = sealedSecret === null ? null : keyIdOfSeal(sealedSecret);
  const row = yield* first(insert, { ...hook, sealedWith, now });
  return toHook(row!);
}

export function* listHooks(accountId: number): Work<Hook[]> {
  return (yield* all(hooksOfAccount, { accountId })).map(toHook);
}

export function* getHook(of: HookOf): Work<Hook | null> {
  const row = yield* first(hookOf, of);
  return row ? toHook(row) : null;
}

/** The hook's row, kept from changing until the commit. */
export function* holdHook(of: HookOf): Work<HookRow | undefined> {
  return yield* first(lockHook, of);
}

export function* enableHook(
  { enabled, ...of }: HookOf & { enabled: boolean },
  { now }: Context,
): Work<Hook | null> {
  const held = yield* holdHook(of);
  if (!held) return null;
  if ((held.disabled_at === null) === enabled) return toHook(held);
  if (!enabled) yield* run(dropWaiting, { id: held.id, now });
  const row = yield* first(setDisabled, { id: held.id, disabledAt: enabled ? null : now, now });
  return toHook(row!);
}

export function* deleteHook(of: HookOf): Work<boolean> {
  const held = yield* holdHook(of);
  if (!held) return false;
  for (const removal of removals) yield* run(removal, { id: held.id });
  return true;
}

/** For a destination that is being deleted. */
export function* deleteHooksOf(destinationId: number): Work<void> {
  for (const { id } of yield* all(ofDestination, { destinationId }))
    for (const removal of removals) yield* run(removal, { id });
}
