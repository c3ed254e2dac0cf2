import { Failure } from '../errors/failure.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { bindStore } from './bind-store.ts';
import { openPostgresEngine } from './postgres/postgres-engine.ts';
import { openSqliteEngine } from './sqlite/sqlite-engine.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** `sqlite`: the file `backstitch.sqlite` in the folder. Else the connection string of a PostgreSQL database. */
  readonly url: string;
  /** The data folder; made when it is not there. */
  readonly folder: string;
  /**
   * `server`: the one process that owns an SQLite store. `shared`: a command that works beside a live server. On
   * PostgreSQL any number of processes may work in either mode.
   */
  readonly mode: 'server' | 'shared';
  readonly log?: Log;
  readonly clock?: Clock;
}

/**
 * Opens the store, makes its tables, or brings them up to date.
 * @throws {Failure} StoreInUse (names the process), StoreTooNew (names both versions), StoreUnavailable,
 * InvalidConfiguration.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, folder, mode, log, clock = systemClock } = options;
  const shared = { clock, ...(log && { log }) };
  if (url === 'sqlite') return bindStore(await openSqliteEngine({ folder, mode, ...shared }));
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url))
    return bindStore(await openPostgresEngine({ url, ...shared }));
  throw new Failure(
    'InvalidConfiguration',
    'The store is neither `sqlite` nor the address of a PostgreSQL.',
    {
      remedy: 'Set it to `sqlite`, or to postgres://user:password@host:5432/database.',
    },
  );
}
