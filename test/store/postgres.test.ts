import { tmpdir } from 'node:os';
import { afterAll, beforeAll } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createTestDatabase } from '../support/database.ts';
import { storeContract } from './contract.ts';
import type { FreshStore, StoreUnderTest } from './store-under-test.ts';

const open = (url: string): Promise<Store> => openStore({ url, folder: tmpdir(), mode: 'server' });

async function fresh(): Promise<FreshStore> {
  const database = await createTestDatabase();
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
  shared = await fresh();
});
afterAll(() => shared[Symbol.asyncDispose]());

const onPostgres: StoreUnderTest = { store: () => shared.store, fresh };
storeContract(onPostgres);
