import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoadingRoom, openLoadingRoom, rows, type Warehouse } from '../loading/loading-room.ts';
import { startPostgres, type TestPostgres, until } from '../support/embedded-postgres.ts';
import { mountSmallDisk } from './small-disk.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.[Symbol.asyncDispose]());

/** A database with an owner who is no superuser. */
async function createWarehouse(name: string, more = ''): Promise<Warehouse> {
  await postgres.query(`create role ${name} login password 'secret'`);
  await postgres.query(`create database ${name} owner ${name} ${more}`);
  return { host: postgres.host, port: postgres.port, database: name, user: name, password: 'secret' };
}

const bodies = (from: number) =>
  Array.from({ length: 4 }, (_, at) =>
    rows(
      at % 2 === 0 ? 'orders' : 'lines',
      Array.from({ length: 50 }, (_, n) => ({
        id: from + at * 50 + n,
        text: randomBytes(4_000).toString('hex'),
      })),
    ),
  );

/**
 * Loads, breaks the destination, sends: the batches wait and the error is shown. Mends it: everything is loaded, and
 * nothing was rejected on the way.
 */
async function expectWaiting(
  warehouse: Warehouse,
  {
    code,
    breakIt,
    mend,
  }: { code: string; breakIt(schema: string): Promise<unknown>; mend(schema: string): unknown },
): Promise<void> {
  await using room: LoadingRoom = await openLoadingRoom();
  const { source, account } = await room.addAll(warehouse);
  room.startLoader({ probeMilliseconds: 300 });
  const states = async () => new Set((await room.batches(source)).map(({ state }) => state));
  for (const body of bodies(0)) await room.send(source, body);
  await until(async () => expect(await states()).toEqual(new Set(['loaded'])));

  await breakIt(source.name);
  for (const body of bodies(1_000)) await room.send(source, body);
  await until(async () => {
    const streams = await room.store.loads.streams(account.id);
    expect(streams.map(({ error }) => error?.code)).toEqual([code, code]);
    for (const { error } of streams) expect(error?.remedy).not.toBe('');
  });
  // With a little room left, some were still loaded.
  expect(await states()).not.toEqual(new Set(['loaded']));
  expect(room.events.filter(({ kind }) => kind === 'quarantined')).toEqual([]);

  await mend(source.name);
  await until(async () => expect(await states()).toEqual(new Set(['loaded'])), 30_000);
  const count = async (table: string) =>
    await postgres.query(`select count(*)::int as n from "${source.name}".${table}`, warehouse.database);
  expect(await count('orders')).toEqual([{ n: 200 }]);
  expect(await count('lines')).toEqual([{ n: 200 }]);
  expect(await count('_sdc_rejected').catch(() => [{ n: 0 }])).toEqual([{ n: 0 }]);
}

test('a destination whose disk is full is waited for, and is loaded when it has room', async () => {
  using disk = mountSmallDisk(100);
  const place = path.join(disk.folder, 'tables');
  mkdirSync(place);
  const { uid, gid } = statSync(postgres.dataDirectory);
  execFileSync('chown', [`${uid}:${gid}`, place]);
  await postgres.query(`create tablespace small location '${place}'`);
  const warehouse = await createWarehouse('filled', 'tablespace small');
  const filler =
    'create table filler as select repeat(md5(n::text), 200) as t from generate_series(1, 1000000) n';
  try {
    await expectWaiting(warehouse, {
      code: '53100',
      async breakIt() {
        disk.resize(Number(execFileSync('du', ['-sm', disk.folder]).toString().split('\t')[0]));
        await postgres.query(filler, 'filled').catch(() => {});
      },
      mend: () => disk.resize(300),
    });
  } finally {
    await postgres.query('drop database filled with (force)');
    await postgres.query('drop tablespace small');
  }
}, 60_000);

test('a destination that may only be read is waited for, and is loaded when it may be written to', async () => {
  const warehouse = await createWarehouse('read_only');
  const set = async (on: string) => {
    await postgres.query(`alter database read_only set default_transaction_read_only = ${on}`);
    await postgres.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'read_only' and pid <> pg_backend_pid()`,
    );
  };
  await expectWaiting(warehouse, { code: '25006', breakIt: () => set('on'), mend: () => set('off') });
}, 60_000);

test('a destination that takes our privileges away is waited for, and is loaded when it gives them back', async () => {
  const warehouse = await createWarehouse('revoked');
  await expectWaiting(warehouse, {
    code: '42501',
    breakIt: (schema) =>
      postgres.query(`revoke insert on all tables in schema "${schema}" from revoked`, 'revoked'),
    mend: (schema) =>
      postgres.query(`grant insert on all tables in schema "${schema}" to revoked`, 'revoked'),
  });
}, 60_000);
