import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Engine } from '../engine.ts';
import { createListeners } from '../listeners.ts';
import { newestVersion } from '../migrations/migrations.ts';
import { steadyTime } from '../steady-time.ts';
import { openReader, openWriter } from './connection.ts';
import { migrateSqlite, versionOf } from './migrate.ts';
import { lockFolder } from './server-lock.ts';
import { toFailure, troubleOf } from './sqlite-errors.ts';
import { openWriteQueue } from './write-queue.ts';

export interface SqliteEngineOptions {
  readonly folder: string;
  /** `server` owns the folder alone; `shared` works beside a server, for commands. */
  readonly mode: 'server' | 'shared';
  readonly clock: Clock;
  readonly log?: Log;
  /** For tests: the program of the thread that writes. */
  readonly writerProgram?: URL;
}

/** @throws {Failure} StoreInUse, StoreTooNew, StoreUnavailable. */
export async function openSqliteEngine(options: SqliteEngineOptions): Promise<Engine> {
  const { folder, mode, clock, log, writerProgram } = options;
  const now = steadyTime(clock);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, 'backstitch.sqlite');
  using owned = new DisposableStack();
  if (mode === 'server') owned.use(lockFolder(folder));
  prepare({ file, folder, mode, now: now(), ...(log && { log }) });

  const listeners = createListeners();
  const reader = openReader(file);
  const queue = openWriteQueue({
    file,
    now,
    onTopics: listeners.call,
    ...(writerProgram && { program: writerProgram }),
  });
  if (mode === 'server')
    await Promise.all([queue.write('checks.free', undefined), queue.write('leases.free', undefined)]);
  const held = owned.move();

  return {
    failed: queue.failed,
    write: queue.write,
    async read(operation, input) {
      try {
        return reader.finish(operation(input));
      } catch (error) {
        const trouble = troubleOf(error);
        throw trouble === null || trouble === 'statement' ? error : toFailure(trouble, error);
      }
    },
    subscribe(topic, listener) {
      queue.watch();
      return listeners.add(topic, listener);
    },
    async ping() {
      const start = clock.monotonic();
      await queue.write('store.touch', undefined);
      return { engine: 'sqlite', milliseconds: clock.monotonic() - start, version: newestVersion };
    },
    async [Symbol.asyncDispose]() {
      await queue[Symbol.asyncDispose]();
      reader.close();
      held.dispose();
    },
  };
}

/** Makes the database, or brings it up to date. Whoever does that must be alone with it. */
function prepare(options: {
  file: string;
  folder: string;
  mode: 'server' | 'shared';
  now: number;
  log?: Log;
}): void {
  const { file, folder, mode, now, log } = options;
  // Made here so that nobody else may read it; SQLite gives its other files the same mode.
  closeSync(openSync(file, 'a', 0o600));
  const connection = openWriter(file);
  try {
    if (versionOf(connection.db) === newestVersion) return;
    using _lock = mode === 'shared' ? lockFolder(folder) : undefined;
    migrateSqlite(connection.db, folder, now, log);
  } finally {
    connection.close();
  }
}
