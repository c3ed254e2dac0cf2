import { first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { Keyring } from '../store.ts';

type Flat = Omit<Keyring, 'keys'> & { readonly keys: string };

const stored = statement()((db) => db.selectFrom('keyring').selectAll());
const held = statement()((db) => db.selectFrom('keyring').selectAll().forUpdate());

const insert = statement<Flat>()((db, given) =>
  db
    .insertInto('keyring')
    .values({
      id: 1,
      version: given('version'),
      master_fingerprint: given('masterFingerprint'),
      active_key_id: given('activeKeyId'),
      keys: given('keys'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

const update = statement<Flat>()((db, given) =>
  db.updateTable('keyring').set({
    version: given('version'),
    master_fingerprint: given('masterFingerprint'),
    active_key_id: given('activeKeyId'),
    keys: given('keys'),
  }),
);

const sealsWith = statement<{ pattern: string }>()((db, given) =>
  db
    .selectFrom('destinations')
    .select('id')
    .where('sealed_with', 'like', given('pattern'))
    .unionAll(db.selectFrom('accounts').select('id').where('sealed_with', 'like', given('pattern')))
    .unionAll(db.selectFrom('hooks').select('id').where('sealed_with', 'like', given('pattern')))
    .limit(1),
);

export function* readKeyring(): Work<Keyring | null> {
  const row = yield* first(stored, {});
  return row ? toKeyring(row) : null;
}

export function* initializeKeyring(keyring: Keyring): Work<boolean> {
  return (yield* run(insert, flat(keyring))) > 0;
}

/**
 * A key that is left out is retired, which is refused while anything is still sealed with it. Whoever stores seals
 * shares the keyring's row with others and not with this, so nothing can be sealed between the look and the commit.
 */
export function* replaceKeyring({
  keyring,
  expectedVersion,
}: {
  keyring: Keyring;
  expectedVersion: number;
}): Work<boolean> {
  const row = yield* first(held, {});
  if (row?.version !== expectedVersion) return false;
  const kept = new Set(keyring.keys.map(({ id }) => id));
  for (const { id } of toKeyring(row).keys)
    if (!kept.has(id) && (yield* first(sealsWith, { pattern: `%${id}%` }))) return false;
  yield* run(update, flat(keyring));
  return true;
}

const flat = (keyring: Keyring): Flat => ({ ...keyring, keys: JSON.stringify(keyring.keys) });

const toKeyring = (row: {
  version: number;
  master_fingerprint: string;
  active_key_id: string;
  keys: string;
}): Keyring => ({
  version: row.version,
  masterFingerprint: row.master_fingerprint,
  activeKeyId: row.active_key_id,
  keys: JSON.parse(row.keys) as Keyring['keys'],
});
