import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure } from '../../errors/failure.ts';
import { masterKeyPath } from '../master-key-file.ts';
import { versionOf } from './migrate.ts';
import { quickCheck } from './quick-check.ts';

/** Name of the embedded store within its folder, and within a backup. */
export const storeFile = 'backstitch.sqlite';
const manifestFile = 'manifest.json';
/** What is not finished has this behind its name. */
const unfinished = '.unfinished';

/** What a backup says about itself; the last file that is written into it. */
export interface BackupManifest {
  readonly made_at: string;
  readonly program_version: string;
  readonly schema_version: number;
  readonly bytes: number;
  readonly sha256: string;
  /** The master key lies beside the store. */
  readonly with_key: boolean;
}

export interface BackupOptions {
  /** Data folder of the installation. */
  readonly folder: string;
  /** Folder to be made. */
  readonly target: string;
  readonly withKey: boolean;
  readonly programVersion: string;
  readonly now: Date;
}

/**
 * Writes a consistent copy of an embedded store, as it was at one instant, beside a server that goes on. The folder has
 * its name only when everything in it is on disk and was read back.
 * @throws {Failure} BackupFailed: the target exists, or the copy is not sound.
 */
export function backupSqlite(options: BackupOptions): BackupManifest {
  const { folder, target, withKey, programVersion, now } = options;
  const partial = `${target}${unfinished}`;
  for (const each of [target, partial])
    if (existsSync(each))
      throw failed(`${each} exists already.`, 'Name a folder that does not exist, or remove this one.');
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  const copy = path.join(partial, storeFile);
  const db = new Sqlite(path.join(folder, storeFile), { readonly: true, fileMustExist: true });
  try {
    db.prepare('vacuum into ?').run(copy);
  } finally {
    db.close();
  }
  chmodSync(copy, 0o600);
  const faults = quickCheck(copy);
  if (faults.length > 0)
    throw failed(
      `The copy in ${partial} is damaged: ${faults[0]}`,
      'Run backstitch doctor on the store itself.',
    );
  if (withKey) copyFileSync(masterKeyPath(folder), masterKeyPath(partial));
  const manifest: BackupManifest = {
    made_at: now.toISOString(),
    program_version: programVersion,
    schema_version: schemaOf(copy),
    ...digestOf(copy),
    with_key: withKey,
  };
  writeFileSync(path.join(partial, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  for (const name of readdirSync(partial)) sync(path.join(partial, name));
  sync(partial);
  renameSync(partial, target);
  sync(path.dirname(target));
  return manifest;
}

export interface RestoreOptions {
  readonly backup: string;
  /** Data folder: must not exist, or be empty. */
  readonly folder: string;
}

/**
 * Puts a backup into a data folder. The folder has its name only when everything in it is on disk.
 * @throws {Failure} BackupFailed: the backup is not whole, or the folder is not empty.
 */
export function restoreSqlite({ backup, folder }: RestoreOptions): BackupManifest {
  const manifest = readManifest(backup);
  const source = path.join(backup, storeFile);
  const found = digestOf(source);
  if (found.sha256 !== manifest.sha256)
    throw failed(
      `${source} is not what ${manifestFile} says: it was changed or damaged.`,
      'Use another backup.',
    );
  const partial = `${folder}${unfinished}`;
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw failed(
      `The data folder ${folder} is not empty.`,
      'Stop the server, move the folder away, and restore again; or set BACKSTITCH_DATA to another one.',
    );
  if (existsSync(partial))
    throw failed(`${partial} is left from a restore that was cut off.`, 'Remove it, and restore again.');
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  copyFileSync(source, path.join(partial, storeFile));
  chmodSync(path.join(partial, storeFile), 0o600);
  if (manifest.with_key) {
    copyFileSync(masterKeyPath(backup), masterKeyPath(partial));
    chmodSync(masterKeyPath(partial), 0o600);
  }
  for (const name of readdirSync(partial)) sync(path.join(partial, name));
  sync(partial);
  renameSync(partial, folder);
  sync(path.dirname(folder));
  return manifest;
}

function readManifest(backup: string): BackupManifest {
  const file = path.join(backup, manifestFile);
  if (!existsSync(file))
    throw failed(
      `${backup} is no backup: it has no ${manifestFile}.`,
      `A folder that ends in ${unfinished} was cut off while it was made: use another backup.`,
    );
  return JSON.parse(readFileSync(file, 'utf8')) as BackupManifest;
}

function schemaOf(file: string): number {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    return versionOf(db);
  } finally {
    db.close();
  }
}

function digestOf(file: string): { bytes: number; sha256: string } {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(1024 * 1024);
  const handle = openSync(file, 'r');
  let bytes = 0;
  try {
    for (;;) {
      const count = readSync(handle, piece);
      if (count === 0) break;
      hash.update(piece.subarray(0, count));
      bytes += count;
    }
  } finally {
    closeSync(handle);
  }
  return { bytes, sha256: hash.digest('hex') };
}

function sync(file: string): void {
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const failed = (message: string, remedy: string): Failure => new Failure('BackupFailed', message, { remedy });
