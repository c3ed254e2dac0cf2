import { assert } from '../../errors/bug.ts';
import { Failure } from '../../errors/failure.ts';
import { first, type Work } from '../operation.ts';
import { keyIdOfSeal } from '../seal.ts';
import { statement } from '../statement.ts';
import type { Keyring, SealedSecrets } from '../store.ts';

/** What a row remembers of its seals, so that a rotation finds those of an old key; null without any. */
export function sealedWith(secrets: SealedSecrets): string | null {
  const ids = new Set(Object.values(secrets).map((sealed) => keyIdOfSeal(sealed) ?? 'unknown'));
  return ids.size === 0 ? null : [...ids].sort().join(',');
}

/** Shared with other writers of seals, but not with whoever retires a key: none slips in behind its back. */
const keysForSealing = statement()((db) => db.selectFrom('keyring').select('keys').forShare());

/**
 * Refuses seals made with a data key that was retired while they were on their way.
 * @throws {Failure} SecretUnreadable, data `{ retired: true }`: seal anew and repeat.
 */
export function* requireLiveKeys(secrets: SealedSecrets): Work<void> {
  const values = Object.values(secrets);
  if (values.length === 0) return;
  const row = yield* first(keysForSealing, {});
  if (!row) return;
  const live = new Set((JSON.parse(row.keys) as Keyring['keys']).map(({ id }) => id));
  for (const sealed of values) {
    const id = keyIdOfSeal(sealed);
    assert(id !== null, 'a credential was about to be stored unsealed');
    if (live.has(id)) continue;
    throw new Failure('SecretUnreadable', 'The data key of a new credential was retired meanwhile.', {
      remedy: 'Repeat the request.',
      data: { retired: true },
    });
  }
}
