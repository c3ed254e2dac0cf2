import { expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { openLoadingRoom, rows } from './loading-room.ts';

/** Keeps tables as they are now; gives back what puts them there again, as restoring a backup does. */
async function snapshotOf(warehouse: TestDatabase): Promise<() => Promise<void>> {
  const { database, admin } = warehouse;
  const copy = `${database}_copy`;
  const leave = (name: string) =>
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`;
  const elsewhere = (sql: string) => warehouse.server(sql);
  await elsewhere(leave(database));
  await elsewhere(`create database ${copy} template ${database} owner ${warehouse.user}`);
  expect(await admin('select 1 as one')).toEqual([{ one: 1 }]);
  return async () => {
    await elsewhere(`drop database ${database} with (force)`);
    await elsewhere(`alter database ${copy} rename to ${database}`);
  };
}

const loaded = async (room: Awaited<ReturnType<typeof openLoadingRoom>>) =>
  (await room.store.batches.backlog()).reduce((sum, { batches }) => sum + batches, 0);

test('a warehouse that is restored to an older state gets back what it lost, once and in order', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openLoadingRoom();
  const { source } = await room.addAll(warehouse);
  room.startLoader();
  const keyless = (id: number) => {
    const { key_names: _, ...body } = rows('events', [{ id, kids: [id] }], id);
    return body;
  };
  const send = async (id: number) => {
    await room.send(source, rows('orders', [{ id, kids: [id, id] }], id));
    await room.send(source, keyless(id));
    await until(async () => expect(await loaded(room)).toBe(0), 20_000);
  };
  await send(1);
  await send(2);
  const restore = await snapshotOf(warehouse);
  await send(3);
  await send(4);
  await restore();
  await send(5);
  for (const table of ['orders', 'events'])
    expect(await warehouse.query(`select id::int from ${source.name}.${table} order by 1`)).toEqual(
      [1, 2, 3, 4, 5].map((id) => ({ id })),
    );
  expect(await warehouse.query(`select count(*)::int as n from ${source.name}.orders__kids`)).toEqual([
    { n: 10 },
  ]);
  expect(await warehouse.query(`select count(*)::int as n from ${source.name}.events__kids`)).toEqual([
    { n: 5 },
  ]);
}, 60_000);

test('an empty database that new settings lead to gets only what is sent from then on', async () => {
  await using first = await createTestDatabase();
  await using second = await createTestDatabase();
  await using room = await openLoadingRoom();
  const { source, destination } = await room.addAll(first);
  room.startLoader();
  await room.send(source, rows('orders', [{ id: 1 }]));
  await until(async () => expect(await loaded(room)).toBe(0), 20_000);
  await room.move(destination, second);
  await room.send(source, rows('orders', [{ id: 2 }], 2));
  await until(async () => expect(await loaded(room)).toBe(0), 20_000);
  expect(await second.query(`select id::int from ${source.name}.orders`)).toEqual([{ id: 2 }]);
}, 60_000);

test('what is not kept any more when a warehouse goes back is shown as a gap', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openLoadingRoom();
  const { source, account } = await room.addAll(warehouse);
  room.startLoader();
  const send = async (id: number) => {
    await room.send(source, rows('orders', [{ id }], id));
    await until(async () => expect(await loaded(room)).toBe(0), 20_000);
  };
  await send(1);
  const restore = await snapshotOf(warehouse);
  await send(2);
  await room.store.loads.retain({ olderThan: 0, maxBytes: 0 });
  await send(3);
  await restore();
  await send(4);
  expect(await warehouse.query(`select id::int from ${source.name}.orders order by 1`)).toEqual(
    [1, 3, 4].map((id) => ({ id })),
  );
  const [stream] = await room.store.loads.streams(account.id);
  expect(stream?.gap).toMatchObject({ loads: 1, rows: 1 });
  await send(5);
  expect((await room.store.loads.streams(account.id))[0]?.gap).toEqual(stream?.gap);
}, 60_000);

test('a schema that somebody dropped is filled again with what is kept', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openLoadingRoom();
  const { source } = await room.addAll(warehouse);
  room.startLoader();
  for (const id of [1, 2, 3]) {
    if (id === 3) await warehouse.query(`drop schema ${source.name} cascade`);
    await room.send(source, rows('orders', [{ id }], id));
    await until(async () => expect(await loaded(room)).toBe(0), 20_000);
  }
  expect(await warehouse.query(`select id::int from ${source.name}.orders order by 1`)).toEqual(
    [1, 2, 3].map((id) => ({ id })),
  );
}, 60_000);

test('a store that is restored to an older state loads on, though the warehouse has seen higher fences', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openLoadingRoom();
  const { source } = await room.addAll(warehouse);
  room.startLoader();
  const send = async (id: number) => {
    await room.send(source, rows('orders', [{ id }], id));
    await until(async () => expect(await loaded(room)).toBe(0), 20_000);
  };
  await send(1);
  // As far as loads of a week would have brought it.
  await warehouse.query(`update ${source.name}._backstitch_lanes set fence = fence + 1000000`);
  await send(2);
  await send(3);
  expect(await warehouse.query(`select id::int from ${source.name}.orders order by 1`)).toEqual(
    [1, 2, 3].map((id) => ({ id })),
  );
}, 60_000);
