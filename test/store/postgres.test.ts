import { tmpdir } from 'node:os';
import { afterAll, beforeAll } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeContract } from './contract.ts';
import type { FreshStore, StoreUnderTest } from './store-under-test.ts';

const open = (url: string): Promise<Store> => openStore({ url, folder: tmpdir(), mode: 'server' });

/** With our tables in it: to make them for each test takes longer than most tests. */
let empty: TestDatabase;

async function fresh(): Promise<FreshStore> {
  const database = await createTestDatabase(empty);
  const store = await open(database.url);
  return {
    store,
    another: () => open(database.url),
    sql: async (text) => void (await database.query(text)),
    flipBit: async (table, column, where) =>
      void (await database.query(
        `update ${table} set ${column} = set_byte(${column}, length(${column}) / 2, get_byte(${column}, length(${column}) / 2) # 1) where ${where}`,
      )),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

let shared: FreshStore;
beforeAll(async () => {
  empty = await createTestDatabase();
  await (await open(empty.url))[Symbol.asyncDispose]();
  shared = await fresh();
});
afterAll(async () => {
  await shared[Symbol.asyncDispose]();
  await empty[Symbol.asyncDispose]();
});

const onPostgres: StoreUnderTest = { store: () => shared.store, fresh };
storeContract(onPostgres);
