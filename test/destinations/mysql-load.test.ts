import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExactNumber } from '../../src/lib/exact-number.ts';
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

test('every type has a suffix of its own, and keys of texts are short and told apart by their bytes', async () => {
  await using db = await open();
  const at = { anyOf: [{ type: 'string', format: 'date-time' }, {}] };
  const list = [1, '2026-01-02T03:04:05.5Z', new ExactNumber('0.12345678901234567890'), 1.5, false, 'x', []];
  const messages = list.map((v, index) => ({ data: { id: `k${index}`, v }, sequence: 1 }));
  await db.load('t', [{ schema: { properties: { v: at } }, messages }]);
  const columns = await db.rows(
    `select column_name as name, column_type as type, collation_name as collation from information_schema.columns
     where table_schema = '${db.schema}' and table_name = 't' and column_name regexp '^(id$|v)' order by 1`,
  );
  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id varchar(255)',
    'v__bi bigint(20)',
    'v__bo tinyint(1)',
    'v__de decimal(65,30)',
    'v__dt datetime(6)',
    'v__fl double',
    expect.stringMatching(/^v__js /),
    'v__st longtext',
  ]);
  expect(columns[0]?.collation).toBe('utf8mb4_nopad_bin');
});

test('whatever the server is set to, tables have transactions and texts keep every character', async () => {
  const before = await server.admin(
    'select @@global.sql_mode as mode, @@global.default_storage_engine as engine',
  );
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    await server.admin(`set global sql_mode = '${before[0]?.mode}'`);
    await server.admin(`set global default_storage_engine = '${before[0]?.engine}'`);
  });
  await server.admin("set global sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'");
  await server.admin("set global default_storage_engine = 'MyISAM'");
  const texts = ['\\', '"', "'", '\\N', 'a\tb\n', 'x '];
  for (const tuning of [{}, { givenRows: 0 }]) {
    await using db = await open(tuning);
    await db.load('t', [records(...texts.map((note, id) => ({ id, note })))]);
    expect(await db.rows('select note from source.t order by id')).toEqual(texts.map((note) => ({ note })));
    const engines = await db.rows(
      `select distinct engine from information_schema.tables where table_schema = '${db.schema}'`,
    );
    expect(engines).toEqual([{ engine: 'InnoDB' }]);
  }
});

test('rows are staged and tables altered, one statement each, before the one transaction that holds the rest', async () => {
  await using db = await open({ givenRows: 0 });
  await db.load('t', [one({ id: 1, v: 1, w: 1 })]);
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => void (await server.admin('set global general_log = 0')));
  await server.admin("set global log_output = 'TABLE'");
  await server.admin('set global general_log = 1');
  await db.load('t', [one({ id: 1, v: 'text', w: 'text', more: 1 }, 2)]);
  await (await open())[Symbol.asyncDispose]();
  const logged = await server.admin(
    `select lower(convert(argument using utf8mb4)) as said from mysql.general_log where user_host like '%${user.username}%'`,
  );
  const said = logged.map((row) => String(row.said));
  const [begun, ended] = [said.indexOf('start transaction'), said.indexOf('commit')];
  const kindsOf = (texts: readonly string[]) =>
    texts.flatMap((text) => /^(alter table|create|drop|load data|replace|insert)/.exec(text)?.[0] ?? []);
  expect(kindsOf(said.slice(0, begun))).toEqual([
    ...['drop', 'create', 'load data'],
    // The fence, and whom a column belongs to.
    ...['insert', 'replace'],
    ...Array(5).fill('alter table'),
  ]);
  expect(kindsOf(said.slice(begun, ended))).toEqual(['insert', 'insert', 'insert']);
  expect(said.filter((text) => text === 'start transaction')).toHaveLength(1);
  expect(said.slice(ended).join()).toContain("sql_mode = 'strict_all_tables,no_engine_substitution'");
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
