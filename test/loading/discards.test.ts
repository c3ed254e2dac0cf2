import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { openTestSession, records } from '../support/load-session.ts';
import { type LoadingRoom, openLoadingRoom, rows, upserts } from './loading-room.ts';

let warehouse: TestDatabase;
beforeAll(async () => {
  warehouse = await createTestDatabase();
});
afterAll(async () => await warehouse?.[Symbol.asyncDispose]());

const statesOf = async (room: LoadingRoom, source: Source) =>
  (await room.batches(source)).toReversed().map(({ state }) => state);
const idsOf = async (source: Source) =>
  (await warehouse.query(`select id from "${source.name}".orders order by id`)).map(({ id }) => Number(id));

test('a batch of the wrong keys that stops its table is discarded, and those behind it are loaded', async () => {
  await using room = await openLoadingRoom();
  const { source } = await room.addAll(warehouse);
  // Only a discard may end the waiting.
  room.startThreadedLoader({ firstMilliseconds: 600_000, mostMilliseconds: 600_000 });
  await room.send(source, rows('orders', [{ id: 1 }]));
  await until(async () => expect(await statesOf(room, source)).toEqual(['loaded']), 20_000);
  await room.send(source, {
    table_name: 'orders',
    key_names: ['code'],
    messages: upserts([{ id: 2, code: 'b' }], 2),
  });
  await until(async () => expect(await statesOf(room, source)).toEqual(['loaded', 'blocked']), 20_000);
  await room.send(source, rows('orders', [{ id: 3 }], 3));

  const [, bad] = await room.batches(source);
  const discard = await room.store.batches.discard(source.accountId, source.id, bad?.id ?? '');
  expect(discard).toMatchObject({ kind: 'asked', batch: { id: bad?.id, table: 'orders', records: 1 } });
  await until(async () => expect(await statesOf(room, source)).toEqual(['loaded', 'loaded']), 20_000);
  expect(await idsOf(source)).toEqual([1, 3]);
}, 60_000);

test('a batch that stands in the destination though nobody heard of it is loaded, not discarded', async () => {
  await using room = await openLoadingRoom();
  const { source } = await room.addAll(warehouse);
  await room.send(source, rows('orders', [{ id: 1 }]));
  const plan = { owner: 'lost', limit: 1, leaseMilliseconds: 60_000, maxBytes: 1_000_000, maxBatches: 10 };
  const [load] = await room.store.loads.plan(plan);
  const { loadId = '', fence = 0 } = load ?? {};
  // As a process leaves it that dies between the two commits, and another that is refused before it looks.

  await using elsewhere = await openTestSession(warehouse, { schema: source.name });
  await elsewhere.load('orders', [records({ id: 1 })], { loadId, fence });
  const error = { message: 'no', remedy: '', code: null, since: 0 };
  await room.store.loads.fail({ loadId, fence, error, blocked: true, retryAt: Date.now() + 600_000 });

  const [batch] = await room.batches(source);
  expect(await room.store.batches.discard(source.accountId, source.id, batch?.id ?? '')).toMatchObject({
    kind: 'asked',
  });
  room.startLoader();
  await until(async () => expect(await statesOf(room, source)).toEqual(['loaded']), 20_000);
  expect(await idsOf(source)).toEqual([1]);
}, 60_000);
