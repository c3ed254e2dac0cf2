import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import type { PlannedLoad } from '../../src/store/load-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { type LoadingRoom, openLoadingRoom, rows } from './loading-room.ts';

let warehouse: TestDatabase;
beforeAll(async () => {
  warehouse = await createTestDatabase();
});
afterAll(() => warehouse[Symbol.asyncDispose]());

/** Every load is worth it, and holds one batch. */
const eager = { aheadBytes: 1, maxBatches: 1 };

/** More than go without staging. */
const manyRows = (from: number, count = 300) =>
  Array.from({ length: count }, (_, at) => ({ id: from + at, n: at }));

async function sendMany(room: LoadingRoom, source: Source, batches: number): Promise<void> {
  for (let batch = 0; batch < batches; batch += 1)
    await room.send(source, rows('orders', manyRows(batch * 300), batch * 300 + 1));
}

const drained = async (room: LoadingRoom, source: Source) =>
  await until(async () => {
    expect((await room.batches(source)).filter(({ state }) => state !== 'loaded')).toEqual([]);
  });

/** What the loads were that it told of: the event comes right after the result is durable. */
const loadedBy = async (room: LoadingRoom, what: (load: PlannedLoad) => number, expected: number[]) =>
  await until(() => {
    const loaded = room.events.filter(({ kind }) => kind === 'loaded');
    expect(loaded.map(({ load }) => what(load))).toEqual(expected);
  });

/** One load waits for the lane, and another is staged behind it. */
const isStagedAhead = async () =>
  await until(async () => {
    const sessions = await warehouse.admin(
      `select state, wait_event_type as waits from pg_stat_activity
       where datname = current_database() and application_name = 'backstitch' order by state`,
    );
    expect(sessions).toEqual([
      { state: 'active', waits: 'Lock' },
      { state: 'idle in transaction', waits: 'Client' },
    ]);
  });

/** Keeps every load from merging for as long as it is held. */
async function holdLane(source: Source): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: warehouse.url });
  await client.connect();
  await client.query('begin');
  await client.query(`select from ${source.name}._backstitch_lanes for update`);
  return { [Symbol.asyncDispose]: () => client.end() };
}

/** A source whose first batch is loaded, so that its lane stands in the warehouse. */
async function withLane(room: LoadingRoom) {
  const mapped = await room.addAll(warehouse);
  await room.send(mapped.source, rows('orders', [{ id: -1, n: 0 }], 0));
  return mapped;
}

describe('a backlog of one table', () => {
  test('is staged ahead by one load, while the one before merges, and merged in order', async () => {
    await using room = await openLoadingRoom();
    const { source } = await withLane(room);
    const first = room.startLoader();
    await drained(room, source);
    await first[Symbol.asyncDispose]();
    await using stack = new AsyncDisposableStack();
    stack.use(await holdLane(source));
    await sendMany(room, source, 4);
    room.startLoader(eager);
    await isStagedAhead();
    const loading = (await room.batches(source)).filter(({ state }) => state === 'loading');
    expect(loading).toHaveLength(1);
    await stack.disposeAsync();
    await drained(room, source);
    await loadedBy(room, ({ fence }) => fence, [1, 2, 3, 4, 5]);
    const [row] = await warehouse.query(
      `select count(*)::int as n, count(distinct id)::int as ids from ${source.name}.orders`,
    );
    expect(row).toEqual({ n: 1_201, ids: 1_201 });
  });

  test('follows new settings at once: what was staged for the old ones goes to the new ones', async () => {
    await using other = await createTestDatabase();
    await using room = await openLoadingRoom();
    const { source, destination } = await withLane(room);
    const first = room.startLoader();
    await drained(room, source);
    await first[Symbol.asyncDispose]();
    await using stack = new AsyncDisposableStack();
    stack.use(await holdLane(source));
    await sendMany(room, source, 3);
    room.startLoader(eager);
    await isStagedAhead();
    await room.move(destination, other);
    await stack.disposeAsync();
    await drained(room, source);
    const ids = `select min(id)::int as first, max(id)::int as last from ${source.name}.orders where id >= 0`;
    expect(await warehouse.query(ids)).toEqual([{ first: 0, last: 299 }]);
    expect(await other.query(ids)).toEqual([{ first: 300, last: 899 }]);
  });

  test('is loaded one after another where the destination has no room for a second session', async () => {
    await using narrow = await createTestDatabase();
    await narrow.admin(`alter role ${narrow.user} connection limit 1`);
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(narrow);
    await sendMany(room, source, 4);
    room.startLoader(eager);
    await drained(room, source);
    await loadedBy(room, ({ batches }) => batches.length, [1, 1, 1, 1]);
    expect(await narrow.admin(`select count(*)::int as n from ${source.name}.orders`)).toEqual([
      { n: 1_200 },
    ]);
  });

  test('leaves the turn to another table that waits', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    await sendMany(room, source, 2);
    await room.send(source, rows('lines', [{ id: 1 }]));
    await sendMany(room, source, 6);
    room.startLoader({ ...eager, concurrency: 1, turnMilliseconds: 0 });
    await drained(room, source);
    const tables = await until(() => {
      const told = room.events.map(({ load }) => load.table);
      expect(told).toHaveLength(9);
      return told;
    });
    expect(tables.indexOf('lines')).toBeLessThan(4);
  });

  test('with a poisoned batch in it loads all others', async () => {
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    await sendMany(room, source, 2);
    const sent = await room.send(source, rows('orders', manyRows(600), 601));
    await room.send(source, rows('orders', manyRows(900), 901));
    await room.store.spool.drop([sent.batches[0]?.id ?? '']);
    room.startLoader(eager);
    await until(async () => {
      const states = (await room.batches(source)).toReversed().map(({ state }) => state);
      expect(states).toEqual(['loaded', 'loaded', 'quarantined', 'loaded']);
    });
    const [row] = await warehouse.query(`select count(*)::int as n from ${source.name}.orders`);
    expect(row).toEqual({ n: 900 });
  });
});
