import { randomBytes } from 'node:crypto';
import { Failure } from '../errors/failure.ts';
import { decrypt, encrypt, fingerprintOf, randomKey } from './sealing.ts';
import type { Keyring } from './store.ts';

/** A key that values are sealed with, in clear. It never leaves the process but wrapped by the master key. */
export interface DataKey {
  readonly id: string;
  readonly key: Buffer;
}

export const newDataKey = (): DataKey => ({ id: randomBytes(8).toString('hex'), key: randomKey() });

export const wrapKey = ({ id, key }: DataKey, masterKey: Buffer): Keyring['keys'][number] => ({
  id,
  wrapped: encrypt(masterKey, key, `data key ${id}`),
});

/** @throws {Failure} SecretUnreadable when the wrapped key was changed. */
export function unwrapKey({ id, wrapped }: Keyring['keys'][number], masterKey: Buffer): DataKey {
  try {
    return { id, key: decrypt(masterKey, wrapped, `data key ${id}`) };
  } catch (cause) {
    throw new Failure('SecretUnreadable', `The data key ${id} in the keyring fails its authenticity check.`, {
      remedy: 'Restore the store from a backup: its keyring was changed from outside.',
      cause,
    });
  }
}

/** @throws {Failure} WrongMasterKey. */
export function requireMasterKey(keyring: Keyring, masterKey: Buffer): void {
  if (keyring.masterFingerprint === fingerprintOf(masterKey)) return;
  throw new Failure(
    'WrongMasterKey',
    `The master key has fingerprint ${fingerprintOf(masterKey)}, but the credentials in the store were encrypted under the one with fingerprint ${keyring.masterFingerprint}.`,
    {
      remedy:
        'Start with the master key that this store was made with (the key file of its data folder, or the value that was configured then). Without that key the stored credentials cannot be recovered.',
    },
  );
}
