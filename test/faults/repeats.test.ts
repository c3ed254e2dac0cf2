import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import { type BatchBody, type LoadingRoom, openLoadingRoom, rows } from '../loading/loading-room.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';

let warehouse: TestDatabase;
let room: LoadingRoom;
beforeAll(async () => {
  warehouse = await createTestDatabase();
  room = await openLoadingRoom();
  room.startLoader();
});
afterAll(async () => {
  await room?.[Symbol.asyncDispose]();
  await warehouse?.[Symbol.asyncDispose]();
});

const { key_names: _, ...keyless } = rows('events', [{ id: 1 }, { id: 2 }]);

/** Sends a body five times one after another, and five times at once. */
async function repeat(body: BatchBody, key?: string): Promise<Source> {
  const { source } = await room.addAll(warehouse);
  for (let time = 0; time < 5; time += 1) await room.send(source, body, key);
  await Promise.all(Array.from({ length: 5 }, () => room.send(source, body, key)));
  await until(async () => {
    const states = (await room.batches(source)).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['loaded']));
  });
  return source;
}

const count = async ({ name }: Source, table: string) =>
  (await warehouse.query(`select count(*)::int as n from "${name}".${table}`))[0]?.n;

test('the same body ten times is one row for each key', async () => {
  expect(await count(await repeat(rows('orders', [{ id: 1 }, { id: 2 }])), 'orders')).toBe(2);
});

test('without keys it appends each time', async () => {
  expect(await count(await repeat(keyless), 'events')).toBe(20);
});

test('without keys, but under one Idempotency-Key, it appends once', async () => {
  expect(await count(await repeat(keyless, 'the same'), 'events')).toBe(2);
});
