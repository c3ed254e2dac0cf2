import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../errors/failure.ts';
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
  const file = path.join(folder, 'backstitch.sqlite');
  const listeners = createListeners();
  const opened: (Disposable | AsyncDisposable)[] = [];
  const close = async () => {
    for (const part of opened.splice(0).reverse())
      await (Symbol.asyncDispose in part ? part[Symbol.asyncDispose]() : part[Symbol.dispose]());
  };

  const open = async () => {
    const reader = explained(folder, () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (mode === 'server') opened.push(lockFolder(folder));
      prepareDatabase(file, { folder, mode, now: now(), ...(log && { log }) });
      return openReader(file);
    });
    const program = writerProgram && { program: writerProgram };
    const queue = openWriteQueue({ file, now, onTopics: listeners.call, ...program });
    // The writer closes last: then it can bring its log into the database, and what a stopped server leaves behind is
    // one file that may be copied as it is.
    opened.push(queue, reader);
    if (mode === 'server')
      await Promise.all([
        queue.write('checks.free', undefined),
        queue.write('leases.free', undefined),
        queue.write('loads.free', undefined),
        queue.write('hooks.free', undefined),
      ]);
    return { reader, queue };
  };

  const { reader, queue } = await open().catch(async (error) => {
    await close();
    throw error;
  });

  return {
    failed: queue.failed,
    write: queue.write,
    lastCommit: reader.lastCommit,
    async read(operation, input) {
      try {
        return reader.finish(operation(input, { now: now() }));
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
    [Symbol.asyncDispose]: close,
  };
}

interface Preparation {
  readonly folder: string;
  readonly mode: 'server' | 'shared';
  readonly now: number;
  readonly log?: Log;
}

/** Makes the database, or brings it up to date. Whoever does that must be alone with it. */
function prepareDatabase(file: string, { folder, mode, now, log }: Preparation): void {
  // Made here so that nobody else may read it; SQLite gives its other files the same mode.
  closeSync(openSync(file, 'a', 0o600));
  const connection = openWriter(file);
  try {
    if (versionOf(connection.db) === newestVersion) return;
    using _lock = mode === 'shared' ? lockFolder(folder) : undefined;
    migrateSqlite(connection.db, { folder, now, ...(log && { log }) });
  } finally {
    connection[Symbol.dispose]();
  }
}

/** What goes wrong while files are opened is for the operator to mend: wrong rights, no room, not a database. */
function explained<Result>(folder: string, open: () => Result): Result {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(
      'StoreUnavailable',
      `The store in ${folder} cannot be opened: ${(cause as Error).message}.`,
      {
        remedy:
          'See that the folder is on a local disk with room, and that this user may read and write everything in it.',
        cause,
      },
    );
  }
}
