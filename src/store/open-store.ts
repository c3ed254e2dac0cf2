import { type Clock, systemClock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { bindStore } from './bind-store.ts';
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
 * @throws {Failure} StoreInUse (names the process), StoreTooNew (names both versions), StoreUnavailable.
 */
export async function openStore({
  url,
  folder,
  mode,
  log,
  clock = systemClock,
}: StoreOptions): Promise<Store> {
  return bindStore(await openSqliteEngine({ folder, mode, clock, ...(log && { log }) }));
}
