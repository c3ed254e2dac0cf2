import { type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { StoredAnswer } from '../store.ts';

const keptMilliseconds = 24 * 60 * 60_000;
/** A first request that has not answered after so long is taken to be dead. */
const reservedMilliseconds = 60_000;

interface Key {
  readonly accountId: number;
  readonly keyHash: string;
}

const dropOld = statement<{ before: number }>()((db, given) =>
  db.deleteFrom('idempotency_keys').where('created_at', '<', given('before')),
);

/** Takes the key if it is free, or if whoever took it seems to be dead. */
const reserve = statement<Key & { bodyHash: string; now: number; deadBefore: number }>()((db, given) =>
  db
    .insertInto('idempotency_keys')
    .values({
      account_id: given('accountId'),
      key_hash: given('keyHash'),
      body_hash: given('bodyHash'),
      created_at: given('now'),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'key_hash'])
        .doUpdateSet({ body_hash: given('bodyHash'), created_at: given('now') })
        .where('idempotency_keys.status', 'is', null)
        .where('idempotency_keys.created_at', '<', given('deadBefore')),
    )
    .returning('key_hash'),
);

const keyOf = statement<Key>()((db, given) =>
  db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('account_id', '=', given('accountId'))
    .where('key_hash', '=', given('keyHash')),
);

/** For a request that is done in the commit that takes the key. */
const takeForGood = statement<Key & { bodyHash: string; now: number }>()((db, given) =>
  db
    .insertInto('idempotency_keys')
    .values({
      account_id: given('accountId'),
      key_hash: given('keyHash'),
      body_hash: given('bodyHash'),
      created_at: given('now'),
      status: 201,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key_hash'),
);

const keepAnswer = statement<Key & { status: number; headers: string; body: string }>()((db, given) =>
  db
    .updateTable('idempotency_keys')
    .set({ status: given('status'), headers: given('headers'), body: given('body') })
    .where('account_id', '=', given('accountId'))
    .where('key_hash', '=', given('keyHash')),
);

const free = statement<Key>()((db, given) =>
  db
    .deleteFrom('idempotency_keys')
    .where('account_id', '=', given('accountId'))
    .where('key_hash', '=', given('keyHash'))
    .where('status', 'is', null),
);

export function* beginIdempotent(
  { bodyHash, ...key }: Key & { bodyHash: string },
  { now }: Context,
): Work<'mine' | 'other_body' | 'in_flight' | StoredAnswer> {
  yield* run(dropOld, { before: now - keptMilliseconds });
  if (yield* first(reserve, { ...key, bodyHash, now, deadBefore: now - reservedMilliseconds })) return 'mine';
  const row = yield* first(keyOf, key);
  if (!row) return 'in_flight';
  if (row.body_hash !== bodyHash) return 'other_body';
  if (row.status === null) return 'in_flight';
  return { status: row.status, headers: JSON.parse(row.headers ?? '{}'), body: row.body ?? '' };
}

/** Takes a key whose request ends with this very commit, so that there is no answer to wait for. */
export function* claimKeyForGood(
  { bodyHash, ...key }: Key & { bodyHash: string },
  { now }: Context,
): Work<'mine' | 'replayed' | 'other_body'> {
  yield* run(dropOld, { before: now - keptMilliseconds });
  if (yield* first(takeForGood, { ...key, bodyHash, now })) return 'mine';
  const row = yield* first(keyOf, key);
  return row?.body_hash === bodyHash ? 'replayed' : 'other_body';
}

export function* finishIdempotent({ answer, ...key }: Key & { answer: StoredAnswer }): Work<void> {
  yield* run(keepAnswer, {
    ...key,
    status: answer.status,
    headers: JSON.stringify(answer.headers),
    body: answer.body,
  });
}

export function* abandonIdempotent(key: Key): Work<void> {
  yield* run(free, key);
}
