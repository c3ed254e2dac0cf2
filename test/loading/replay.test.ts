import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { startMariadb } from '../support/mariadb.ts';
import { openLoadingRoom, rows } from './loading-room.ts';

const ids = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => ({ id: from + at }));

test('a new destination of another type is filled without the sender, while the source goes on', async () => {
  await using first = await createTestDatabase();
  await using second = await startMariadb();
  const user = await second.addUser('all privileges on *.*');
  await using room = await openLoadingRoom();
  const { account, source, destination } = await room.addAll(first);
  const mysql = await room.addDestination(account, {
    type: 'mysql_destination',
    host: second.host,
    port: second.port,
    user: user.username,
    password: user.password,
  });
  room.startLoader();
  const drained = () =>
    until(
      async () =>
        expect((await room.store.batches.backlog()).every(({ batches }) => batches === 0)).toBe(true),
      20_000,
    );
  const { key_names: _, ...events } = rows('events', ids(1, 5));
  await room.send(source, rows('orders', [...ids(1, 20), { id: 1, note: 'newest' }]));
  await room.send(source, rows('orders', [{ id: 2, note: 'second', kids: [{ n: 1 }] }], 100));
  await room.send(source, events);
  await drained();

  const replay = async (parts: { destinationId?: number; force?: boolean } = {}) =>
    await room.store.replays.start({
      accountId: account.id,
      sourceId: source.id,
      destinationId: mysql.id,
      tables: null,
      since: null,
      appendOnly: false,
      force: false,
      ...parts,
    });
  expect(await replay()).toMatchObject({ outcome: 'started' });
  await room.send(source, rows('orders', [{ id: 50 }], 200));
  await drained();
  const inMysql = async (what: string) => await second.admin(`select ${what} from ${source.name}.orders`);
  expect(await inMysql('count(*) n, max(id) most')).toEqual([{ n: 20, most: 20 }]);
  expect(await first.query(`select count(*)::int n from ${source.name}.orders`)).toEqual([{ n: 21 }]);
  expect(
    await second.admin(`select id, note, kids from ${source.name}.orders where id < 3 order by id`),
  ).toEqual([
    { id: 1, note: 'newest', kids: null },
    { id: 2, note: 'second', kids: '[{"n":1}]' },
  ]);
  const counts = () => second.admin(`select count(*) n, count(distinct id) d from ${source.name}.events`);
  expect(await counts()).toEqual([{ n: 5, d: 5 }]);

  // What grows only, and is there, does not come twice unless somebody insists.
  expect(await replay()).toEqual({ outcome: 'held', tables: ['events'] });
  expect(await replay({ force: true })).toMatchObject({ outcome: 'started' });
  await drained();
  expect(await counts()).toEqual([{ n: 10, d: 5 }]);
  expect(await inMysql('count(*) n, max(id) most')).toEqual([{ n: 21, most: 50 }]);

  // Mapped there, the source goes on where its replays have been, and nothing is loaded again.
  await room.store.sources.update({ accountId: account.id, id: source.id, destinationId: mysql.id });
  await room.send(source, rows('orders', [{ id: 60 }, { id: 3, note: 'newer' }], 300));
  await room.send(source, { ...events, messages: rows('events', [{ id: 6 }], 6).messages });
  await drained();
  expect(await counts()).toEqual([{ n: 11, d: 6 }]);
  expect(await inMysql('count(*) n, max(id) most')).toEqual([{ n: 22, most: 60 }]);
  expect(room.events.filter(({ kind }) => kind === 'failed')).toEqual([]);
  // And back again: what was there before is neither lost nor loaded twice.
  expect(await replay({ destinationId: destination.id })).toMatchObject({ outcome: 'held' });
  await room.store.sources.update({ accountId: account.id, id: source.id, destinationId: destination.id });
  await room.send(source, rows('orders', [{ id: 70 }], 400));
  await drained();
  expect(await first.query(`select count(*)::int n from ${source.name}.orders`)).toEqual([{ n: 22 }]);
  expect(await first.query(`select count(*)::int n from ${source.name}.events`)).toEqual([{ n: 5 }]);
}, 120_000);

test('a destination that is down makes its replay wait, and the error is shown with it alone', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openLoadingRoom();
  const { account, source } = await room.addAll(warehouse);
  const away = await room.addDestination(account, { ...warehouse, port: 1 });
  room.startLoader();
  await room.send(source, rows('orders', ids(1, 3)));
  await until(async () => expect(await warehouse.query(`select from ${source.name}.orders`)).toHaveLength(3));
  await until(async () => expect(await room.batches(source)).toMatchObject([{ state: 'loaded' }]));
  const started = await room.store.replays.start({
    accountId: account.id,
    sourceId: source.id,
    destinationId: away.id,
    tables: ['orders'],
    since: null,
    appendOnly: false,
    force: false,
  });
  const shown = async () => (await room.store.replays.list(account.id, source.id))[0];
  await until(async () =>
    expect((await shown())?.tables[0]?.error).toMatchObject({ message: expect.stringContaining('refused') }),
  );
  await room.send(source, rows('orders', ids(4, 6), 10));
  await until(async () => expect(await warehouse.query(`select from ${source.name}.orders`)).toHaveLength(6));
  expect((await room.store.loads.streams(account.id)).map(({ error }) => error)).toEqual([null]);
  const id = started.outcome === 'started' ? started.id : 0;
  expect(await room.store.replays.cancel(account.id, source.id, id)).toBe(true);
  expect(await shown()).toMatchObject({ state: 'cancelled', tables: [{ remaining: 0, error: null }] });
}, 60_000);
