import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../errors/failure.ts';

/**
 * The master key in the data folder: one line of 64 hex digits, mode 0600. A rotation writes the new key beside it
 * first (`master.key.next`), then replaces the keyring in the store, then renames. A crash in between leaves two
 * files, and the fingerprint in the keyring says which of them is the key.
 */
export const masterKeyPath = (folder: string): string => join(folder, 'master.key');
const nextKeyPath = (folder: string): string => join(folder, 'master.key.next');

/** 32 random bytes. */
export type MasterKey = Buffer;

/** Fresh randomness for a master key. */
export const generateMasterKey = (): MasterKey => randomBytes(32);

/** The key that a text holds, as 64 hex digits or as base64 of either alphabet; null when it is none. */
export function parseMasterKey(text: string): MasterKey | null {
  const given = text.trim();
  if (/^[0-9a-f]{64}$/i.test(given)) return Buffer.from(given, 'hex');
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(given) ? Buffer.from(given, 'base64') : null;
}

/** What a store that was used before says about its master key. */
interface ExpectedKey {
  /** As the keyring holds it. */
  readonly fingerprint: string;
  fingerprintOf(key: MasterKey): string;
}

/**
 * Finds the key of a store that has a keyring, and ends a rotation that a crash interrupted. While another process
 * is rotating, the key it is about to replace is found; a file it has staged is left alone.
 * @throws {Failure} WrongMasterKey when there is no key file, or none that fits.
 */
export function findMasterKey(folder: string, expected: ExpectedKey): MasterKey {
  const fits = (key: MasterKey | null): key is MasterKey =>
    key !== null && expected.fingerprintOf(key) === expected.fingerprint;
  const current = readKey(masterKeyPath(folder));
  if (fits(current)) return current;
  const next = readKey(nextKeyPath(folder));
  if (fits(next)) {
    adoptNextKey(folder);
    return next;
  }
  // Between the two reads a rotation may have been finished by the process that began it.
  const renamed = readKey(masterKeyPath(folder));
  if (fits(renamed)) return renamed;
  throw current === null ? missing(folder) : wrong(folder);
}

/**
 * The key of a store that has no keyring yet: the one in the folder (a first start that did not get further), or a new
 * one, which is on disk when this returns.
 * @throws {Failure} WrongMasterKey when the file there holds no key.
 */
export function firstMasterKey(folder: string): MasterKey {
  const present = readKey(masterKeyPath(folder));
  if (present) return present;
  // By way of the other name, so that a crash never leaves half a key under this one.
  const key = generateMasterKey();
  stageNextKey(folder, key);
  adoptNextKey(folder);
  return key;
}

/** First step of a rotation: the new key is on disk beside the old one when this returns. May be repeated. */
export function stageNextKey(folder: string, key: MasterKey): void {
  rmSync(nextKeyPath(folder), { force: true });
  writeKey(nextKeyPath(folder), key);
  syncFolder(folder);
}

/** Last step of a rotation: the staged key becomes the key. Does nothing when there is no staged key. */
export function adoptNextKey(folder: string): void {
  try {
    renameSync(nextKeyPath(folder), masterKeyPath(folder));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  syncFolder(folder);
}

/** Removes a staged key that did not become the key. Does nothing when there is none. */
export function discardNextKey(folder: string): void {
  rmSync(nextKeyPath(folder), { force: true });
}

function readKey(file: string): MasterKey | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return null;
    throw new Failure('WrongMasterKey', `The master key in ${file} cannot be read (${code}).`, {
      remedy: 'Run this as the user that owns the file, and leave its mode at 600.',
      cause: error,
    });
  }
  const key = parseMasterKey(text);
  if (key) return key;
  throw new Failure('WrongMasterKey', `${file} does not hold a master key (64 hex digits).`, {
    remedy: 'Put the file back from where you keep a copy of it.',
  });
}

function writeKey(file: string, key: MasterKey): void {
  const handle = openSync(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
  try {
    writeSync(handle, `${key.toString('hex')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A file that was made or renamed is safe only when its folder is on disk too. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const missing = (folder: string): Failure =>
  new Failure(
    'WrongMasterKey',
    `The master key of this store is missing: there is no ${masterKeyPath(folder)}.`,
    {
      remedy:
        'Put the file back from where you keep a copy of it, or give the key as BACKSTITCH_MASTER_KEY_FILE. Without it the stored credentials cannot be read.',
    },
  );

const wrong = (folder: string): Failure =>
  new Failure('WrongMasterKey', `${masterKeyPath(folder)} is not the master key of this store.`, {
    remedy:
      'Use the key that the store was made with. If the store was restored from a backup, restore its key too.',
  });

const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
