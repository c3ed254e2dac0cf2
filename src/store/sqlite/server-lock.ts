import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure } from '../../errors/failure.ts';
import { troubleOf } from './sqlite-errors.ts';

/**
 * Makes this process the owner of a data folder until it is disposed of or the process ends, however it ends. The lock
 * is the operating system's, held through SQLite, which knows how to take one on every platform; a text file beside it
 * says whose it is.
 * @throws {Failure} StoreInUse, naming the owner's process id.
 */
export function lockFolder(folder: string): Disposable {
  const pidFile = path.join(folder, 'server.pid');
  const lock = new Sqlite(path.join(folder, 'server.lock'), { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (troubleOf(error) !== 'busy') throw error;
    throw inUse(folder, ownerOf(pidFile));
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    [Symbol.dispose]() {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

function inUse(folder: string, pid: number | null): Failure {
  const owner = pid === null ? 'Another process' : `Process ${pid}`;
  return new Failure('StoreInUse', `${owner} is using the data folder ${folder}.`, {
    remedy: `Stop ${pid === null ? 'it' : `process ${pid}`} first, or use another data folder.`,
    data: { pid },
  });
}

function ownerOf(pidFile: string): number | null {
  try {
    return Number.parseInt(readFileSync(pidFile, 'utf8'), 10) || null;
  } catch {
    return null;
  }
}

/**
 * The server that owns a data folder: its process id (0 when it is not known), or null when none is running. Looks
 * for an instant only and takes nothing away.
 */
export function findOwner(folder: string): number | null {
  const file = path.join(folder, 'server.lock');
  if (!existsSync(file)) return null;
  const lock = new Sqlite(file, { timeout: 0, readonly: true });
  try {
    lock.prepare('select count(*) from sqlite_master').get();
    return null;
  } catch (error) {
    if (troubleOf(error) !== 'busy') throw error;
    return ownerOf(path.join(folder, 'server.pid')) ?? 0;
  } finally {
    lock.close();
  }
}
