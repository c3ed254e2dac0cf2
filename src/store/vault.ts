import { Failure } from '../errors/failure.ts';
import { type DataKey, newDataKey, requireMasterKey, unwrapKey, wrapKey } from './data-keys.ts';
import { rotateDataKey } from './key-rotation.ts';
import { keyIdOfSeal, renderSeal, sealBody } from './seal.ts';
import { decrypt, encrypt, fingerprintOf } from './sealing.ts';
import type { DestinationStore, Keyring, KeyringStore } from './store.ts';

/**
 * Seals credentials for the store and opens them again. Each is bound to the uid of what it belongs to and to its
 * property: put anywhere else, it does not open. Several processes may have vaults on one store.
 */
export interface Vault {
  /** Encrypts a value with the newest data key. */
  seal(uid: string, property: string, value: string): Promise<string>;
  /** @throws {Failure} SecretUnreadable: cut, changed, moved here from elsewhere, or its data key is gone. */
  open(uid: string, property: string, sealed: string): Promise<string>;
  /**
   * Makes a new data key, seals everything stored anew with it and retires the old ones, while servers go on working.
   * Interrupted at any point, everything stays readable; calling it again continues.
   * @throws {Failure} SecretUnreadable when a stored credential cannot be opened; no key is retired then.
   */
  rotateDataKey(destinations: DestinationStore): Promise<{ resealed: number }>;
  /**
   * Wraps the data keys with another master key, in one commit. Keep the new key safe before calling: the store opens
   * with it alone from then on. Other processes go on until they start again.
   */
  rotateMasterKey(newKey: Buffer): Promise<void>;
}

export interface VaultOptions {
  readonly keyring: KeyringStore;
  /** 32 bytes. */
  readonly masterKey: Buffer;
  /**
   * Finds the master key with this fingerprint after another process has replaced it, where that can be done; without
   * it this process cannot use data keys made after such a replacement, until it starts again.
   */
  readonly findMasterKey?: (fingerprint: string) => Buffer;
  /** For tests: called before each step of a rotation. */
  readonly beforeStep?: (step: string) => void | Promise<void>;
}

/**
 * Opens the vault of a store, or makes its first data key.
 * @throws {Failure} WrongMasterKey, InvalidConfiguration when the key has not 32 bytes.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const { keyring, masterKey, findMasterKey, beforeStep } = options;
  requireLength(masterKey);
  let master = masterKey;
  /** Data keys in clear, by id. What an id stands for never changes. */
  const known = new Map<string, DataKey>();

  const first = (await keyring.read()) ?? (await initialize(keyring, master));
  requireMasterKey(first, master);

  const masterOf = (ring: Keyring): Buffer => {
    if (findMasterKey && ring.masterFingerprint !== fingerprintOf(master))
      master = findMasterKey(ring.masterFingerprint);
    requireMasterKey(ring, master);
    return master;
  };

  const keyOf = (ring: Keyring, id: string): DataKey => {
    const found = known.get(id) ?? unwrapFrom(ring, id, masterOf);
    known.set(id, found);
    return found;
  };

  const currentRing = async (): Promise<Keyring> => {
    const ring = await keyring.read();
    if (!ring) throw new Failure('SecretUnreadable', 'The keyring is gone from the store.');
    return ring;
  };
  keyOf(first, first.activeKeyId);

  const vault: Vault = {
    async seal(uid, property, value) {
      // Read each time: sealing is rare, and another process may have rotated the key.
      const ring = await currentRing();
      const { id, key } = keyOf(ring, ring.activeKeyId);
      return renderSeal(id, encrypt(key, Buffer.from(value, 'utf8'), boundTo(uid, property)));
    },

    async open(uid, property, sealed) {
      const id = keyIdOfSeal(sealed);
      if (id === null) throw unreadable(property);
      const { key } = known.get(id) ?? keyOf(await currentRing(), id);
      try {
        return decrypt(key, sealBody(sealed), boundTo(uid, property)).toString('utf8');
      } catch (cause) {
        throw unreadable(property, cause);
      }
    },

    rotateDataKey: (destinations) =>
      rotateDataKey({
        keyring,
        destinations,
        vault,
        makeKey: (ring) => wrapKey(newDataKey(), masterOf(ring)),
        ...(beforeStep && { beforeStep }),
      }),

    async rotateMasterKey(newKey) {
      requireLength(newKey);
      for (;;) {
        const ring = await currentRing();
        const oldKey = masterOf(ring);
        const keys = ring.keys.map((key) => wrapKey(unwrapKey(key, oldKey), newKey));
        const next = { ...ring, version: ring.version + 1, masterFingerprint: fingerprintOf(newKey), keys };
        if (await keyring.replace(next, ring.version)) break;
      }
      master = newKey;
    },
  };
  return vault;
}

async function initialize(keyring: KeyringStore, masterKey: Buffer): Promise<Keyring> {
  const key = wrapKey(newDataKey(), masterKey);
  const ring: Keyring = {
    version: 1,
    masterFingerprint: fingerprintOf(masterKey),
    activeKeyId: key.id,
    keys: [key],
  };
  if (await keyring.initialize(ring)) return ring;
  // Another process was first.
  return (await keyring.read()) ?? ring;
}

function unwrapFrom(ring: Keyring, id: string, masterOf: (ring: Keyring) => Buffer): DataKey {
  const wrapped = ring.keys.find((key) => key.id === id);
  if (!wrapped) {
    throw new Failure(
      'SecretUnreadable',
      `A credential was sealed with data key ${id}, which is not in the keyring.`,
      {
        remedy: 'Set the credential again, or restore the store from a backup as a whole.',
      },
    );
  }
  return unwrapKey(wrapped, masterOf(ring));
}

function requireLength(masterKey: Buffer): void {
  if (masterKey.length === 32) return;
  throw new Failure(
    'InvalidConfiguration',
    `The master key has ${masterKey.length} bytes and must have 32.`,
    {
      remedy: 'Use the key file that the first start made, or 32 random bytes (openssl rand -base64 32).',
    },
  );
}

/** Neither part can contain the character between them. */
const boundTo = (uid: string, property: string): string => `${uid}\n${property}`;

const unreadable = (property: string, cause?: unknown): Failure =>
  new Failure('SecretUnreadable', `The stored value of ${property} fails its authenticity check.`, {
    remedy: 'Set the credential again. It was changed, cut or moved outside of the server.',
    cause,
  });
