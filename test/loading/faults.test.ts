import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import { aClaim, aResult } from '../store/store-under-test.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { harmfulPostgres } from './harmful-type.ts';
import { type LoadingRoom, openLoadingRoom, rows } from './loading-room.ts';

let warehouse: TestDatabase;
beforeAll(async () => {
  warehouse = await createTestDatabase();
});
afterAll(() => warehouse[Symbol.asyncDispose]());

const manyRows = (count: number, from = 1) =>
  Array.from({ length: count }, (_, at) => ({ id: from + at, n: at }));

const count = async (source: Source, table = 'orders') =>
  Number((await warehouse.query(`select count(*) from ${source.name}.${table}`))[0]?.count);

const states = async (room: LoadingRoom, source: Source) =>
  (await room.batches(source)).map(({ state }) => state);

const drained = async (room: LoadingRoom, source: Source) =>
  await until(async () => {
    expect((await states(room, source)).filter((state) => state !== 'loaded')).toEqual([]);
  });

describe('a destination that fails', () => {
  test('is waited for: nothing is rejected, the table shows the error, and loading goes on', async () => {
    await using proxy = await startFaultProxy({ targetPort: warehouse.port, mode: { kind: 'reset' } });
    await using room = await openLoadingRoom();
    const { source, account } = await room.addAll({ ...warehouse, port: proxy.port });
    room.startLoader();
    await room.send(source, rows('orders', manyRows(10)));
    await room.send(source, rows('lines', manyRows(10)));
    const [stream] = await until(async () => {
      const streams = await room.store.loads.streams(account.id);
      expect(streams.filter(({ error }) => error !== null)).toHaveLength(2);
      return streams;
    });
    expect(stream?.error).toMatchObject({ message: expect.stringContaining(String(proxy.port)) });
    expect(stream?.error?.remedy).not.toBe('');

    proxy.mode = { kind: 'pass' };
    await drained(room, source);
    expect([
      await count(source),
      await count(source, 'lines'),
      await count(source, '_sdc_rejected').catch(() => 0),
    ]).toEqual([10, 10, 0]);
    expect((await room.store.loads.streams(account.id)).map(({ error }) => error)).toEqual([null, null]);
  });

  test('and comes back with new settings is loaded at once, with what had waited', async () => {
    await using proxy = await startFaultProxy({ targetPort: warehouse.port, mode: { kind: 'reset' } });
    await using room = await openLoadingRoom();
    const { source, destination } = await room.addAll({ ...warehouse, port: proxy.port });
    room.startLoader({ firstMilliseconds: 60_000, mostMilliseconds: 60_000 });
    for (let batch = 0; batch < 5; batch += 1)
      await room.send(source, rows('orders', manyRows(10, batch * 10)));
    await until(() => expect(room.events.map(({ kind }) => kind)).toContain('failed'));
    await room.move(destination, warehouse);
    await drained(room, source);
    expect(await count(source)).toBe(50);
  });

  test('gets the rows of new settings only, from the moment they are saved', async () => {
    await using other = await createTestDatabase();
    await using room = await openLoadingRoom();
    const { source, destination } = await room.addAll(warehouse);
    room.startLoader({ maxBatches: 1 });
    await room.send(source, rows('orders', manyRows(10)));
    await drained(room, source);
    await room.move(destination, other);
    await room.send(source, rows('orders', manyRows(10, 100)));
    await drained(room, source);
    expect(await count(source)).toBe(10);
    expect(await other.query(`select count(*)::int from ${source.name}.orders`)).toEqual([{ count: 10 }]);
  });

  test('refuses us: after five logins only a probe now and then', async () => {
    await using proxy = await startFaultProxy({ targetPort: warehouse.port });
    await using room = await openLoadingRoom();
    const wrong = { ...warehouse, port: proxy.port, password: 'wrong' };
    const { source, destination } = await room.addAll(wrong);
    for (const table of ['a', 'b', 'c', 'd']) await room.send(source, rows(table, manyRows(1)));
    for (const { check, fence } of await room.store.checks.claim(aClaim()))
      await room.store.checks.complete({ name: check.name, fence, result: aResult() });
    room.startLoader({ firstMilliseconds: 5, mostMilliseconds: 5, probeMilliseconds: 60_000 });
    await until(async () => {
      const failed = room.events.filter((event) => event.kind === 'failed');
      expect(
        failed.filter(
          ({ retryAt, load }) =>
            retryAt - Math.max(...load.batches.map(({ receivedAt }) => receivedAt)) > 50_000,
        ),
      ).toHaveLength(4);
    });
    expect(proxy.connections).toBeLessThanOrEqual(6);
    // Whoever runs checks takes it from here: what it finds pauses the destination, and is shown.
    await until(async () => {
      const [newest] = await room.store.checks.list(destination.accountId, destination.id, 1);
      expect(newest).toMatchObject({ origin: 'probe', status: 'waiting' });
    });

    await room.move(destination, { ...wrong, password: warehouse.password });
    await until(async () =>
      expect(await states(room, source)).toEqual(['loaded', 'loaded', 'loaded', 'loaded']),
    );
  });

  test('and answers nothing does not hold up the others', async () => {
    await using proxy = await startFaultProxy({ targetPort: warehouse.port, mode: { kind: 'blackhole' } });
    await using room = await openLoadingRoom();
    const stuck = await room.addAll({ ...warehouse, port: proxy.port });
    for (let table = 0; table < 10; table += 1) await room.send(stuck.source, rows(`t${table}`, manyRows(1)));
    room.startLoader({ concurrency: 4, perDestination: 2, finishMilliseconds: 0 });
    await until(() => expect(proxy.connections).toBeGreaterThan(0));
    const others = await Promise.all(Array.from({ length: 5 }, () => room.addAll(warehouse)));
    for (const { source } of others) await room.send(source, rows('orders', manyRows(10)));
    for (const { source } of others) await drained(room, source);
    expect(new Set(await states(room, stuck.source)).has('loaded')).toBe(false);
    expect(proxy.connections).toBeLessThanOrEqual(2);
  });

  test('loses the connection in the middle of loads, and every row still stands there once', async () => {
    await using proxy = await startFaultProxy({ targetPort: warehouse.port });
    await using room = await openLoadingRoom();
    const { source } = await room.addAll({ ...warehouse, port: proxy.port });
    room.startLoader({ maxBatches: 2 });
    for (let batch = 0; batch < 30; batch += 1) {
      await room.send(source, {
        table_name: 'orders',
        messages: rows('', manyRows(20, batch * 20)).messages,
      });
      if (batch % 5 === 4) proxy.resetAll();
    }
    await drained(room, source);
    expect(await count(source)).toBe(600);
    expect(await warehouse.query(`select count(distinct id)::int from ${source.name}.orders`)).toEqual([
      { count: 600 },
    ]);
  });
});

describe('a record that', () => {
  test('our code cannot handle is rejected, its neighbours load', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    room.startLoader({}, harmfulPostgres());
    const records = manyRows(1_000).map((row) => (row.id === 500 ? { id: 500, harm: 'throw' } : row));
    await room.send(source, rows('orders', records));
    await drained(room, source);
    expect(await count(source)).toBe(999);
    expect(
      await warehouse.query(
        `select reason, _sdc_position::int as position from ${source.name}._sdc_rejected`,
      ),
    ).toEqual([{ position: 499, reason: 'The server could not handle this record: harm was done' }]);
  });
});

describe('a body that', () => {
  test('is damaged in the spool is set aside, and the batches around it are loaded', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    const sent = [];
    for (let batch = 0; batch < 3; batch += 1)
      sent.push(await room.send(source, rows('orders', manyRows(10, batch * 10))));
    await room.store.spool.drop([sent[1]?.batches[0]?.id ?? '']);
    room.startLoader();
    await until(async () => expect(await states(room, source)).toEqual(['loaded', 'quarantined', 'loaded']));
    expect(await count(source)).toBe(20);
    expect(room.events.find(({ kind }) => kind === 'quarantined')).toMatchObject({
      batchIds: [sent[1]?.batches[0]?.id],
      reason: expect.stringContaining('the part is missing'),
    });
  });
});

describe('a loader that stops', () => {
  test('gives back what it could not finish, and whoever comes next loads it', async () => {
    await using proxy = await startFaultProxy({ targetPort: warehouse.port, mode: { kind: 'blackhole' } });
    await using room = await openLoadingRoom();
    const { source } = await room.addAll({ ...warehouse, port: proxy.port });
    await room.send(source, rows('orders', manyRows(10)));
    const first = room.startLoader({ finishMilliseconds: 10 });
    await until(() => expect(proxy.connections).toBe(1));
    await first[Symbol.asyncDispose]();
    expect(first.running).toBe(0);
    expect(await states(room, source)).toEqual(['ready']);
    proxy.mode = { kind: 'pass' };
    room.startLoader();
    await drained(room, source);
    expect(await count(source)).toBe(10);
  });
});

describe('payloads', () => {
  test('are dropped when they were loaded long enough ago, and the rows stay', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    room.startLoader({ keepMilliseconds: 0, dropEveryMilliseconds: 20 });
    await room.send(source, rows('orders', manyRows(3)));
    await until(async () => expect((await room.store.spool.usage()).batches).toBe(0));
    expect(await count(source)).toBe(3);
  });
});

describe('small batches', () => {
  test('are loaded together when they come one after another', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    room.startLoader({ joinMilliseconds: 1500, pollMilliseconds: 60_000 });
    for (let id = 1; id <= 20; id += 1) await room.send(source, rows('orders', [{ id }], id));
    await drained(room, source);
    // The event comes right after the result is durable, which is what `drained` sees.
    const loads = await until(() => {
      const seen = room.events.filter(({ kind }) => kind === 'loaded');
      expect(seen.reduce((sum, { load }) => sum + load.batches.length, 0)).toBe(20);
      return seen;
    });
    expect(loads.length).toBeLessThan(5);
    expect(loads[0]?.load.batches.length).toBeGreaterThan(5);
  });

  test('do not wait once enough bytes are together', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    room.startLoader({ joinMilliseconds: 60_000, joinBytes: 1_000 });
    await room.send(source, rows('orders', manyRows(100)));
    await drained(room, source);
  });
});
