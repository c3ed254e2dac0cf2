import { Failure } from '../errors/failure.ts';
import { keyIdOfSeal } from './seal.ts';
import type { DestinationStore, Keyring, KeyringStore } from './store.ts';
import type { Vault } from './vault.ts';

/** Destinations and accounts sealed anew in one go; other writes get their turn in between. */
const batchSize = 50;

export interface Rotation {
  readonly keyring: KeyringStore;
  readonly destinations: DestinationStore;
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  /** A new data key, wrapped with the master key of that keyring. */
  readonly makeKey: (ring: Keyring) => Keyring['keys'][number];
  readonly beforeStep?: (step: string) => void | Promise<void>;
}

/**
 * Three steps, each durable before the next: a new key is made the active one, everything is sealed anew, the old keys
 * go. The store refuses the last as long as anything needs an old key, so a late writer only makes it go round again.
 */
export async function rotateDataKey(rotation: Rotation): Promise<{ resealed: number }> {
  const { keyring, destinations, beforeStep } = rotation;
  await beforeStep?.('activate');
  await activateKey(rotation);
  let resealed = 0;
  for (;;) {
    // Read each time: another process may be rotating too.
    const ring = await readRing(keyring);
    if (ring.keys.length === 1) return { resealed };
    const batch = await destinations.sealedWithOther(ring.activeKeyId, batchSize);
    for (const entry of batch) {
      await beforeStep?.('reseal');
      await destinations.reseal(await sealAnew(rotation.vault, ring.activeKeyId, entry));
    }
    resealed += batch.length;
    if (batch.length > 0) continue;
    await beforeStep?.('retire');
    const keys = ring.keys.filter(({ id }) => id === ring.activeKeyId);
    await keyring.replace({ ...ring, version: ring.version + 1, keys }, ring.version);
  }
}

/** A keyring with more than one key is that of a rotation that was interrupted: it is carried on. */
async function activateKey({ keyring, makeKey }: Rotation): Promise<void> {
  for (;;) {
    const ring = await readRing(keyring);
    if (ring.keys.length > 1) return;
    const key = makeKey(ring);
    const next = { ...ring, version: ring.version + 1, activeKeyId: key.id, keys: [...ring.keys, key] };
    if (await keyring.replace(next, ring.version)) return;
  }
}

type Entry = Awaited<ReturnType<DestinationStore['sealedWithOther']>>[number];
type Reseal = Parameters<DestinationStore['reseal']>[0];

async function sealAnew(vault: Rotation['vault'], keyId: string, entry: Entry): Promise<Reseal> {
  const { kind, id, uid, sealed } = entry;
  const anew = async ([property, value]: [string, string]): Promise<[string, string]> => {
    if (keyIdOfSeal(value) === keyId) return [property, value];
    return [property, await vault.seal(uid, property, await vault.open(uid, property, value))];
  };
  try {
    const entries = await Promise.all(Object.entries(sealed).map(anew));
    return { kind, id, from: sealed, to: Object.fromEntries(entries) };
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.code !== 'SecretUnreadable') throw cause;
    throw new Failure(
      'SecretUnreadable',
      `A credential of ${kind} ${id} cannot be opened: no key was retired.`,
      { remedy: `Set the credentials of ${kind} ${id} again, or delete it; then rotate again.`, cause },
    );
  }
}

async function readRing(keyring: KeyringStore): Promise<Keyring> {
  const ring = await keyring.read();
  if (ring) return ring;
  throw new Failure('SecretUnreadable', 'The keyring is gone from the store.');
}
