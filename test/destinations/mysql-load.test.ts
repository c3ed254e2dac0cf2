import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf, randomId, records, type SentBatch } from '../support/load-session.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { openMysqlSession } from '../support/mysql-session.ts';

let server: TestMariadb;
let user: { username: string; password: string };
beforeAll(async () => {
  server = await startMariadb();
  user = await server.addUser('all privileges on *.*');
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

/** A session with a schema of its own. */
async function open(tuning: object = {}) {
  const schema = `s_${randomBytes(4).toString('hex')}`;
  const loads = await openMysqlSession(server, { schema, ...user, tuning });
  return {
    ...loads,
    schema,
    rows: (sql: string) => server.admin(sql.replaceAll('source.', `${schema}.`)),
    async [Symbol.asyncDispose]() {
      await loads[Symbol.asyncDispose]();
      await server.admin(`drop database if exists ${schema}`);
    },
  };
}
const one = (data: object, sequence: unknown = 1): SentBatch => ({ messages: [{ data, sequence }] });

test('a split names the views that mention the table, which fail from then on', async () => {
  await using db = await open();
  await db.load('t', [one({ id: 1, v: 1 })]);
  await db.rows('create view source.seen as select v from source.t');
  const result = await db.load('t', [
    records({ id: 2, v: 'text' }, { id: 3, v: { deep: [1] } }, { id: 4, v: 1.5 }, { id: 5, v: true }),
  ]);
  expect(result.schemaChanges).toEqual([
    {
      table: 't',
      kind: 'column_split',
      before: 'v bigint',
      after: 'v__bi bigint, v__st longtext, v__js json, v__fl double, v__bo tinyint(1)',
      dependentViews: [`\`${db.schema}\`.\`seen\``],
    },
  ]);
  await expect(db.rows('select * from source.seen')).rejects.toThrow('invalid');
});

test('a view, and a table without transactions, are never written to', async () => {
  await using db = await open();
  await db.load('other', [one({ id: 1 })]);
  await db.rows('create view source.t as select 1 as id');
  expect(await failureOf(db.load('t', [one({ id: 1 })]))).toMatchObject({ kind: 'blocked' });
  await db.rows('alter table source.other engine = MyISAM');
  const failure = await failureOf(db.load('other', [one({ id: 2 }, 2)]));
  expect(failure).toMatchObject({ kind: 'blocked', code: 'engine' });
  await db.rows(failure.remedy.replace('Run: ', '').replace(';', ''));
  await db.load('other', [one({ id: 2 }, 2)]);
});

test('bookkeeping of an older version gets what it lacks', async () => {
  await using db = await open();
  const loadId = randomId();
  await db.load('t', [one({ id: 1 })], { loadId });
  await db.rows('drop table source._backstitch_place');
  await db.rows('alter table source._backstitch_loads drop column batches');
  await using fresh = await openMysqlSession(server, { schema: db.schema, ...user });
  await fresh.load('t', [one({ id: 2 }, 2)]);
  const lane = { schema: db.schema, table: 't' };
  const recalled = await fresh.session.recall?.(
    lane,
    { loadIds: [loadId], batchIds: [] },
    AbortSignal.timeout(9_000),
  );
  expect(recalled).toMatchObject({ loadIds: [loadId], place: { address: `127.0.0.1:${server.port}` } });
});

test('without the privilege for temporary tables, staging is a table of ours that goes', async () => {
  const schema = `s_${randomBytes(4).toString('hex')}`;
  const plain = await server.addUser(
    `select, insert, update, delete, create, alter, drop on \`${schema.replaceAll('_', '\\_')}\`.*`,
  );
  await using loads = await openMysqlSession(server, { schema, ...plain, tuning: { givenRows: 0 } });
  await loads.load('t', [records({ id: 1 }, { id: 2 })]);
  expect(await server.admin(`select id from ${schema}.t order by id`)).toEqual([{ id: 1 }, { id: 2 }]);
  expect(
    await server.admin(
      `select 1 from information_schema.tables where table_schema = '${schema}' and table_name like '%stage%'`,
    ),
  ).toEqual([]);
  await server.admin(`drop database ${schema}`);
});

test('a lock that somebody holds ends the load in time, and the next one goes on', async () => {
  await using db = await open({ lockSeconds: 1 });
  await db.load('t', [one({ id: 1 })]);
  const blocker = await openBlocker(db.schema);
  expect(await failureOf(db.load('t', [one({ id: 1, n: 'new' }, 2)]))).toMatchObject({ kind: 'passing' });
  await blocker.end();
  await db.load('t', [one({ id: 1, n: 'new' }, 2)]);
  expect(await db.rows('select n from source.t')).toEqual([{ n: 'new' }]);
});

async function openBlocker(schema: string) {
  const { createConnection } = await import('mysql2/promise');
  const client = await createConnection({ host: server.host, port: server.port, user: 'root' });
  await client.query('start transaction');
  await client.query(`select * from ${schema}.t for update`);
  return client;
}
