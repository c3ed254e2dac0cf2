import { randomUUID } from 'node:crypto';
import { Failure } from '../../errors/failure.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Engine } from '../engine.ts';
import { createListeners } from '../listeners.ts';
import { newestVersion } from '../migrations/migrations.ts';
import { finish, openPool, QueryError, serverTime, translate } from './connection.ts';
import { migratePostgres } from './migrate.ts';
import { createNotifications } from './notifications.ts';
import { openWriteQueue } from './write-queue.ts';

export interface PostgresEngineOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log?: Log;
}

/** Connections for reads. */
const readers = 8;

/** @throws {Failure} StoreUnavailable, StoreTooNew, InvalidConfiguration. */
export async function openPostgresEngine({ url, clock, log }: PostgresEngineOptions): Promise<Engine> {
  await migratePostgres(url, clock.now(), log);
  const self = randomUUID();
  const listeners = createListeners();
  const pool = openPool(url, readers);
  const queue = openWriteQueue({ url, self, onTopics: listeners.call });
  const notifications = createNotifications({ url, self, onTopics: listeners.call, ...(log && { log }) });
  let closed = false;

  return {
    // Nothing is in doubt here after an error: the server decides what is committed.
    failed: new Promise<never>(() => {}),
    write: queue.write,
    async read(operation, input) {
      if (closed) throw new Failure('StoreUnavailable', 'The store is closed.');
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await finish(operation(input, { now: clock.now() }), pool);
        } catch (error) {
          if (!(error instanceof QueryError)) throw error;
          // The pool has dropped the connection that failed; at worst each of the others fails in the same way.
          if (error.trouble !== 'conflict' || attempt === readers) throw translate(error.cause);
        }
      }
    },
    subscribe(topic, listener) {
      notifications.start();
      return listeners.add(topic, listener);
    },
    async ping() {
      const start = clock.monotonic();
      const { rows } = await pool.query(`select ${serverTime} as now`).catch((error) => {
        throw translate(error);
      });
      const milliseconds = clock.monotonic() - start;
      return { engine: 'postgres', milliseconds, version: newestVersion, storeTime: rows[0].now };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await queue[Symbol.asyncDispose]();
      await notifications[Symbol.asyncDispose]();
      await pool.end();
    },
  };
}
