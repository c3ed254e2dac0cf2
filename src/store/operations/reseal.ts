import { all, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { SealedSecrets } from '../store.ts';
import { holdDestination, sealedOf } from './destination-row.ts';
import { requireLiveKeys, sealedWith } from './seal-keys.ts';

export interface Sealed {
  readonly kind: 'destination' | 'account' | 'hook';
  readonly id: number;
  readonly uid: string;
  readonly sealed: SealedSecrets;
}

/** The property an account's SSH key is sealed as. */
const sshKeyProperty = 'ssh_private_key';
/** The property a hook's secret is sealed as. */
const hookProperty = 'secret';

const destinationsSealedOtherwise = statement<{ keyId: string; limit: number }>()((db, given) =>
  db
    .selectFrom('destinations')
    .select(['id', 'uid', 'secrets'])
    // Not "<>": each half can use the index.
    .where(({ eb, or }) =>
      or([eb('sealed_with', '<', given('keyId')), eb('sealed_with', '>', given('keyId'))]),
    )
    .orderBy('id')
    .limit(given('limit')),
);

const accountsSealedOtherwise = statement<{ keyId: string; limit: number }>()((db, given) =>
  db
    .selectFrom('accounts')
    .select(['id', 'uid', 'ssh_private_key'])
    .where(({ eb, or }) =>
      or([eb('sealed_with', '<', given('keyId')), eb('sealed_with', '>', given('keyId'))]),
    )
    .orderBy('id')
    .limit(given('limit')),
);

const hooksSealedOtherwise = statement<{ keyId: string; limit: number }>()((db, given) =>
  db
    .selectFrom('hooks')
    .select(['id', 'uid', 'secret'])
    .where(({ eb, or }) =>
      or([eb('sealed_with', '<', given('keyId')), eb('sealed_with', '>', given('keyId'))]),
    )
    .orderBy('id')
    .limit(given('limit')),
);

const replaceHookSecret = statement<{ id: number; from: string; to: string; sealedWith: string | null }>()(
  (db, given) =>
    db
      .updateTable('hooks')
      .set({ secret: given('to'), sealed_with: given('sealedWith') })
      .where('id', '=', given('id'))
      .where('secret', '=', given('from')),
);

const storeSecrets = statement<{ id: number; secrets: string; sealedWith: string | null }>()((db, given) =>
  db
    .updateTable('destinations')
    .set({ secrets: given('secrets'), sealed_with: given('sealedWith') })
    .where('id', '=', given('id')),
);

const replaceSshKey = statement<{ id: number; from: string; to: string; sealedWith: string | null }>()(
  (db, given) =>
    db
      .updateTable('accounts')
      .set({ ssh_private_key: given('to'), sealed_with: given('sealedWith') })
      .where('id', '=', given('id'))
      .where('ssh_private_key', '=', given('from')),
);

export function* sealedWithOther({ keyId, limit }: { keyId: string; limit: number }): Work<Sealed[]> {
  const accounts = yield* all(accountsSealedOtherwise, { keyId, limit });
  const destinations = yield* all(destinationsSealedOtherwise, { keyId, limit: limit - accounts.length });
  const left = limit - accounts.length - destinations.length;
  const hooks = yield* all(hooksSealedOtherwise, { keyId, limit: left });
  return [
    ...accounts.map(
      ({ id, uid, ssh_private_key }): Sealed => ({
        kind: 'account',
        id,
        uid,
        sealed: { [sshKeyProperty]: ssh_private_key },
      }),
    ),
    ...destinations.map(
      (row): Sealed => ({
        kind: 'destination',
        id: row.id,
        uid: row.uid,
        sealed: sealedOf(row),
      }),
    ),
    ...hooks.map(
      ({ id, uid, secret }): Sealed => ({ kind: 'hook', id, uid, sealed: { [hookProperty]: secret ?? '' } }),
    ),
  ];
}

export interface Reseal {
  readonly kind: 'destination' | 'account' | 'hook';
  readonly id: number;
  readonly from: SealedSecrets;
  readonly to: SealedSecrets;
}

export function* reseal({ kind, id, from, to }: Reseal): Work<void> {
  yield* requireLiveKeys(to);
  if (kind !== 'destination') {
    const property = kind === 'account' ? sshKeyProperty : hookProperty;
    const [old, anew] = [from[property], to[property]];
    if (old === undefined || anew === undefined) return;
    const replace = kind === 'account' ? replaceSshKey : replaceHookSecret;
    yield* run(replace, { id, from: old, to: anew, sealedWith: sealedWith({ anew }) });
    return;
  }
  const held = yield* holdDestination(id);
  if (!held) return;
  const secrets = Object.fromEntries(
    Object.entries(sealedOf(held)).map(([name, sealed]) => [
      name,
      sealed === from[name] ? (to[name] ?? sealed) : sealed,
    ]),
  );
  yield* run(storeSecrets, { id, secrets: JSON.stringify(secrets), sealedWith: sealedWith(secrets) });
}
