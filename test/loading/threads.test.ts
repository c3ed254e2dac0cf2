import { once } from 'node:events';
import process from 'node:process';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { type LoadingRoom, openLoadingRoom, rows } from './loading-room.ts';

let warehouse: TestDatabase;
beforeAll(async () => {
  warehouse = await createTestDatabase();
});
afterAll(() => warehouse[Symbol.asyncDispose]());

const harmful = new URL('harmful-thread.ts', import.meta.url);
const manyRows = (count: number, from = 1) =>
  Array.from({ length: count }, (_, at) => ({ id: from + at, n: at }));
const statesOf = async (room: LoadingRoom, source: Source) =>
  (await room.batches(source)).toReversed().map(({ state }) => state);
const count = async (source: Source) =>
  Number((await warehouse.query(`select count(*) from ${source.name}.orders`))[0]?.count);

describe('a thread that loads', () => {
  test('begins with the first load, ends when nothing was loaded for a while, and begins again', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    const workers: Worker[] = [];
    const watch = (worker: Worker) => void workers.push(worker);
    process.on('worker', watch);
    try {
      room.startThreadedLoader({ idleMilliseconds: 50 });
      await until(async () => expect(await room.store.loads.plan(nothing)).toEqual([]));
      expect(workers).toHaveLength(0);
      await room.send(source, rows('orders', manyRows(3)));
      await until(async () => expect(await statesOf(room, source)).toEqual(['loaded']));
      expect(workers).toHaveLength(1);
      await once(workers[0]!, 'exit');
      await room.send(source, rows('orders', manyRows(3, 10)));
      await until(async () => expect(await count(source)).toBe(6));
      expect(workers).toHaveLength(2);
    } finally {
      process.off('worker', watch);
    }
  });

  test('and dies is no end of anything else: what ended it is found and set aside, the others are loaded', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    await room.send(source, rows('orders', manyRows(10)));
    await room.send(source, rows('orders', [{ id: 50, harm: 'kill' }]));
    await room.send(source, rows('orders', manyRows(10, 60)));
    room.startThreadedLoader({}, harmful);
    await until(async () => {
      expect(await statesOf(room, source)).toEqual(['loaded', 'quarantined', 'loaded']);
    }, 60_000);
    expect(await count(source)).toBe(20);
    expect((await room.batches(source))[1]?.lastError?.message).toContain(
      'The thread that loaded this table is gone',
    );
  }, 90_000);

  test('and dies between the two commits leaves every row there once', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    const { key_names: _, ...appended } = rows('orders', [
      ...manyRows(10),
      { id: 11, harm: 'kill-once-committed' },
    ]);
    await room.send(source, appended);
    await room.send(source, { ...appended, messages: rows('orders', manyRows(5, 20)).messages });
    room.startThreadedLoader({}, harmful);
    await until(async () => expect(await statesOf(room, source)).toEqual(['loaded', 'loaded']), 20_000);
    expect(await count(source)).toBe(16);
  }, 60_000);

  test('rejects the record that our code cannot handle', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    await room.send(source, rows('orders', [...manyRows(9), { id: 10, harm: 'throw' }]));
    room.startThreadedLoader({}, harmful);
    await until(async () => expect(await statesOf(room, source)).toEqual(['loaded']));
    expect(await count(source)).toBe(9);
  });

  test('sets a body aside that is damaged in the spool', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    const sent = [];
    for (let batch = 0; batch < 3; batch += 1)
      sent.push(await room.send(source, rows('orders', manyRows(10, batch * 10))));
    await room.store.spool.drop([sent[1]?.batches[0]?.id ?? '']);
    room.startThreadedLoader();
    const expected = ['loaded', 'quarantined', 'loaded'];
    await until(async () => expect(await statesOf(room, source)).toEqual(expected));
    expect(await count(source)).toBe(20);
  });

  test('says what it was refused for, like any other', async () => {
    await using room = await openLoadingRoom();
    const { source, account } = await room.addAll({ ...warehouse, password: 'another' });
    await room.send(source, rows('orders', manyRows(1)));
    room.startThreadedLoader();
    await until(async () => {
      const [stream] = await room.store.loads.streams(account.id);
      expect(stream?.error).toMatchObject({ code: expect.stringMatching(/password|28P01/) });
      expect(stream?.error?.remedy).not.toBe('');
    });
    expect(room.events.find(({ kind }) => kind === 'failed')).toMatchObject({ blocked: false });
  });
});

const nothing = { owner: 'nobody', limit: 1, leaseMilliseconds: 1, maxBytes: 1, maxBatches: 1 };
