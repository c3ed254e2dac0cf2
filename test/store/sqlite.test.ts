import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll } from 'vitest';
import type { Clock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { claimsOverTime } from './contract/claims.ts';
import { recordsOverTime } from './contract/records-over-time.ts';
import { idempotencyOverTime } from './contract/small-aggregates.ts';
import { storeContract } from './contract.ts';
import type { FreshStore, StoreUnderTest } from './store-under-test.ts';

/** With our tables in it: to make them for each test takes longer than most tests. */
let empty: string;

async function fresh(options: { clock?: Clock } = {}): Promise<FreshStore> {
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-store-'));
  cpSync(empty, folder, { recursive: true });
  const store = await openStore({ url: 'sqlite', folder, mode: 'server', ...options });
  const sql = async (text: string) => {
    const db = new Sqlite(path.join(folder, 'backstitch.sqlite'));
    db.exec(text);
    db.close();
  };
  return {
    store,
    another: () => openStore({ url: 'sqlite', folder, mode: 'shared', ...options }),
    sql,
    flipBit: (table, column, where) => {
      const hex = `hex(${column})`;
      const flipped = `case substr(${hex}, 1001, 1) when '0' then '1' else '0' end`;
      return sql(
        `update ${table} set ${column} = unhex(substr(${hex}, 1, 1000) || ${flipped} || substr(${hex}, 1002)) where ${where}`,
      );
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let shared: FreshStore;
beforeAll(async () => {
  empty = mkdtempSync(path.join(tmpdir(), 'backstitch-store-'));
  await (await openStore({ url: 'sqlite', folder: empty, mode: 'server' }))[Symbol.asyncDispose]();
  shared = await fresh();
});
afterAll(async () => {
  await shared[Symbol.asyncDispose]();
  rmSync(empty, { recursive: true, force: true });
});

const onSqlite: StoreUnderTest = { store: () => shared.store, fresh };
storeContract(onSqlite);
claimsOverTime(onSqlite);
idempotencyOverTime(onSqlite);
recordsOverTime(onSqlite);
