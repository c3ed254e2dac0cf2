import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExactNumber } from '../../src/lib/exact-number.ts';
import { failureOf, randomId, records, type SentBatch } from '../support/load-session.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { allWays, openMysqlSession } from '../support/mysql-session.ts';

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

describe.each(allWays)('with rows that are $way', ({ tuning }) => {
  test('every value stands as it was sent', async () => {
    await using db = await open(tuning);
    const text = 'tab\t newline\n return\r backslash\\ quote\' " ` nul\0 é 日本 😀';
    const result = await db.load('Orders', [
      {
        messages: [
          {
            data: {
              id: 1,
              text,
              flag: true,
              big: new ExactNumber('9223372036854775807'),
              exact: new ExactNumber('12345678901234567.123456789012345678'),
              double: 0.1,
              tiny: 5e-324,
              empty: '',
              nested: { a: [1, { b: 'x\\y' }], c: null },
              list: [1, 2],
            },
            sequence: 7n,
            extractedAt: '2026-01-02T03:04:05.123456789+01:00',
          },
        ],
      },
    ]);
    expect(result.tables).toMatchObject([{ source: 'Orders', destination: 'orders', rowsLoaded: 1 }]);
    expect(result.rejections).toEqual([]);
    expect(await db.rows('select * from source.orders')).toEqual([
      {
        _sdc_sequence: 7,
        _sdc_table_version: null,
        _sdc_received_at: '2023-11-14 22:13:20.000000',
        _sdc_batched_at: '2023-11-14 22:13:21.000000',
        _sdc_extracted_at: '2026-01-02 02:04:05.123456',
        _sdc_deleted_at: null,
        id: 1,
        text,
        flag: 1,
        big: '9223372036854775807',
        exact: '12345678901234567.123456789012345678000000000000',
        double: 0.1,
        tiny: 5e-324,
        empty: '',
        nested: '{"a":[1,{"b":"x\\\\y"}],"c":null}',
        list: '[1,2]',
      },
    ]);
  });

  test('keys keep their case, their accents and their spaces', async () => {
    await using db = await open(tuning);
    const keys = ['a', 'A', 'a ', 'á', 'a\u0301', '', 'ß', 'ss', '\t'];
    await db.load('t', [records(...keys.map((id) => ({ id })))]);
    await db.load('t', [{ messages: keys.map((id) => ({ data: { id, n: 1 }, sequence: 100 })) }]);
    const rows = await db.rows('select id, n from source.t');
    expect(rows.map(({ id }) => id).toSorted()).toEqual(keys.toSorted());
    expect(rows.every(({ n }) => n === 1)).toBe(true);
  });

  test('the newest record of a key stands, whatever comes first, and older ones are counted', async () => {
    await using db = await open(tuning);
    const sent = (n: number, sequence: number, tableVersion: number | null = null): SentBatch => ({
      tableVersion,
      messages: [{ data: { id: 1, n }, sequence }],
    });
    const first = await db.load('t', [sent(1, 5), sent(2, 9), sent(3, 7), sent(4, 9)]);
    expect(first.tables[0]).toMatchObject({ rowsLoaded: 1, droppedAsOlder: 3 });
    const older = await db.load('t', [sent(5, 8)]);
    expect(older.tables[0]).toMatchObject({
      rowsLoaded: 0,
      droppedAsOlder: 1,
      older: {
        incoming: { tableVersion: null, sequence: '8' },
        standing: { tableVersion: null, sequence: '9' },
      },
    });
    // A higher version wins with a lower sequence.
    await db.load('t', [sent(6, 1, 2)]);
    await db.load('t', [sent(7, 100, 1)]);
    expect(await db.rows('select id, n, _sdc_sequence s, _sdc_table_version v from source.t')).toEqual([
      { id: 1, n: 6, s: 1, v: 2 },
    ]);
  });

  test('what a newer record does not have is null from then on', async () => {
    await using db = await open(tuning);
    await db.load('t', [one({ id: 1, a: 'x', b: 2 })]);
    await db.rows('alter table source.t add column mine varchar(10) default "kept"');
    await db.load('t', [one({ id: 1, b: 3 }, 2)]);
    expect(await db.rows('select a, b, mine from source.t')).toEqual([{ a: null, b: 3, mine: 'kept' }]);
  });

  test('a column splits when a second type comes, and each value goes to its own', async () => {
    await using db = await open(tuning);
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
    const values = 'select id, v__bi bi, v__st st, v__js js, v__fl fl, v__bo bo from source.t order by id';
    const nothing = { bi: null, st: null, js: null, fl: null, bo: null };
    expect(await db.rows(values)).toEqual([
      { ...nothing, id: 1, bi: 1 },
      { ...nothing, id: 2, st: 'text' },
      { ...nothing, id: 3, js: '{"deep":[1]}' },
      { ...nothing, id: 4, fl: 1.5 },
      { ...nothing, id: 5, bo: 1 },
    ]);
  });

  test('a table without keys takes every record, and a repeated load none', async () => {
    await using db = await open(tuning);
    const loadId = randomId();
    const sent: SentBatch = { ...records({ a: 1 }, { a: 1 }, { a: 'x' }), keyNames: [], id: randomId() };
    const first = await db.load('t', [sent], { loadId });
    expect(first.tables[0]).toMatchObject({ rowsLoaded: 3, droppedAsOlder: 0 });
    expect(await db.load('t', [sent], { loadId })).toEqual(first);
    expect(await db.rows('select count(*) n from source.t')).toEqual([{ n: 3 }]);
    expect(await db.session.marks({ schema: db.schema, table: 't' })).toEqual([loadId]);
    await db.session.dropMarks({ schema: db.schema, table: 't' }, [loadId]);
    expect(await db.session.marks({ schema: db.schema, table: 't' })).toEqual([]);
  });

  test('activate_version removes rows of lower versions, and keeps them out', async () => {
    await using db = await open(tuning);
    const row = (id: number, tableVersion: number | null): SentBatch => ({
      tableVersion,
      messages: [{ data: { id }, sequence: id }],
    });
    await db.load('t', [row(1, null), row(2, 1), row(3, 2)]);
    await db.load('t', [{ messages: [{ activate: 2 }], keyNames: [] }]);
    const late = await db.load('t', [row(4, 1), row(5, 2)]);
    expect(late.tables[0]).toMatchObject({ rowsLoaded: 1, droppedAsOlder: 1 });
    expect(await db.rows('select id from source.t order by id')).toEqual([{ id: 3 }, { id: 5 }]);
  });

  test('what cannot be a row is rejected with its reason, and its neighbours load', async () => {
    await using db = await open(tuning);
    const result = await db.load('t', [
      records(
        { id: 1, at: 1 },
        { id: 2, [`${'n'.repeat(70)}`]: 1 },
        { id: 'text' },
        { id: 3, _sdc_sequence: 5 },
      ),
    ]);
    expect(result.rejections.map(({ position, kind }) => [position, kind])).toEqual([
      [1, 'column'],
      [2, 'record'],
      [3, 'column'],
    ]);
    expect(await db.rows('select id from source.t order by id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(
      await db.rows('select table_name t, _sdc_position p, _sdc_kind k from source._sdc_rejected order by p'),
    ).toEqual([
      { t: 't', p: 1, k: 'column' },
      { t: 't', p: 2, k: 'record' },
      { t: 't', p: 3, k: 'column' },
    ]);
  });

  test('nothing of ours is left beside the tables', async () => {
    await using db = await open(tuning);
    await db.load('t', [records({ id: 1 }, { id: 1 })]);
    const names = await db.rows(
      `select table_name as name from information_schema.tables where table_schema = '${db.schema}' order by 1`,
    );
    expect(names.map(({ name }) => name).toSorted()).toEqual([
      '_backstitch_columns',
      '_backstitch_lanes',
      '_backstitch_loads',
      '_backstitch_tables',
      't',
    ]);
  });
});

test('hostile names and values are names and values', async () => {
  await using db = await open({ givenRows: 0 });
  const name = 'x`; drop table t; -- \'"\\';
  await db.load(name, [one({ id: "1'; drop table x; --", [name]: `\\'; ${name}` })]);
  const [{ name: table = '' } = {}] = (await db.rows(
    `select table_name as name from information_schema.tables
     where table_schema = '${db.schema}' and table_name like 'x%'`,
  )) as { name?: string }[];
  const [row] = await db.rows(`select * from source.\`${table}\``);
  expect(Object.values(row ?? {})).toContain(`\\'; ${name}`);
});

test('a higher fence shuts out whoever had a lower one, and settle says what became of a load', async () => {
  await using db = await open();
  const plan = { loadId: randomId(), lane: { schema: db.schema, table: 't' }, fence: 5, batchedAt: 0 };
  const { signal } = new AbortController();
  expect(await db.session.settle(plan, signal)).toBe(null);
  const fenced = await failureOf(db.load('t', [one({ id: 1 })], { ...plan, fence: 4 }));
  expect(fenced).toMatchObject({ kind: 'passing', code: 'fenced' });
  const result = await db.load('t', [one({ id: 1 })], { ...plan, fence: 6 });
  expect(await db.session.settle({ ...plan, fence: 7 }, signal)).toEqual(result);
});

test('keys that change stop the table, with both key sets named', async () => {
  await using db = await open();
  await db.load('t', [one({ id: 1, other: 2 })]);
  const failure = await failureOf(db.load('t', [{ ...one({ id: 1, other: 2 }, 2), keyNames: ['other'] }]));
  expect(failure.kind).toBe('blocked');
  expect(failure.message).toContain('Primary Keys for table do not match');
});

test('a table that is not ours is never written to', async () => {
  await using db = await open();
  await db.load('other', [one({ id: 1 })]);
  await db.rows('create table source.t (id bigint primary key)');
  expect(await failureOf(db.load('t', [one({ id: 1 })]))).toMatchObject({ kind: 'blocked' });
  await db.rows('drop table source.t');
  await db.rows('create view source.t as select 1 as id');
  expect(await failureOf(db.load('t', [one({ id: 1 })]))).toMatchObject({ kind: 'blocked' });
});

test('a table and columns that somebody dropped are made again', async () => {
  await using db = await open();
  await db.load('t', [one({ id: 1, a: 1, b: 2 })]);
  await db.rows('alter table source.t drop column a');
  await db.load('t', [one({ id: 1, a: 5 }, 2)]);
  expect(await db.rows('select a, b from source.t')).toEqual([{ a: 5, b: null }]);
  await db.rows('drop table source.t');
  await db.load('t', [one({ id: 2, a: 'text' }, 3)]);
  expect(await db.rows('select a from source.t')).toEqual([{ a: 'text' }]);
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

const endedWell = async (load: Promise<unknown>): Promise<boolean> => {
  try {
    await load;
    return true;
  } catch {
    return false;
  }
};

test('the server is killed in the middle of loads, and every row stands there once', async () => {
  await using own = await startMariadb({ settings: { innodb_flush_log_at_trx_commit: '1' } });
  const loader = await own.addUser('all privileges on *.*');
  const batches = Array.from({ length: 12 }, (_, load) => ({
    loadId: randomId(),
    sent: {
      id: randomId(),
      keyNames: [],
      messages: Array.from({ length: 300 }, (_, row) => ({
        data: { n: load * 1_000 + row, [`c${load}`]: 'new column' },
        sequence: load * 1_000 + row,
      })),
    },
  }));
  let session = await openMysqlSession(own, { schema: 'shop', ...loader });
  let fence = 1;
  for (const [index, { loadId, sent }] of batches.entries()) {
    for (;;) {
      fence += 1;
      const loading = endedWell(session.load('log', [sent], { loadId, fence }));
      if (index % 3 === 1 && fence % 2 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        own.kill('SIGKILL');
      }
      if (await loading) break;
      await session[Symbol.asyncDispose]();
      await own.restart();
      session = await openMysqlSession(own, { schema: 'shop', ...loader });
    }
  }
  await session[Symbol.asyncDispose]();
  expect(await own.admin('select count(*) n, count(distinct n) d from shop.log')).toEqual([
    { n: 3_600, d: 3_600 },
  ]);
}, 120_000);

test('any order, batching and repetition of the same records gives the table that a model gives', async () => {
  await using given = await open();
  await using staged = await open({ givenRows: 0 });
  const sent = fc.record({
    key: fc.constantFrom('a', 'A', 'a ', 'b', ''),
    value: fc.constantFrom(1, 2, 'x', 'y', 1.5, true, null),
  });
  let table = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(sent, { minLength: 1, maxLength: 20 }),
      fc.infiniteStream(fc.boolean()),
      fc.boolean(),
      async (list, coins, isStaged) => {
        table += 1;
        const db = isStaged ? staged : given;
        const numbered = list.map((each, sequence) => ({ ...each, sequence }));
        const order = numbered.toSorted(() => (coins.next().value ? 1 : -1));
        let load: SentBatch[] = [];
        for (const [index, { key, value, sequence }] of order.entries()) {
          load.push({ keyNames: ['key'], messages: [{ data: { key, value }, sequence }] });
          if (!coins.next().value && index < order.length - 1) continue;
          const loadId = randomId();
          await db.load(`t${table}`, load, { loadId });
          if (coins.next().value) await db.load(`t${table}`, load, { loadId });
          load = [];
        }
        const expected = new Map(numbered.map((each) => [each.key, each.sequence]));
        const rows = await db.rows(`select \`key\` k, _sdc_sequence s from source.t${table}`);
        expect(new Map(rows.map(({ k, s }) => [k, s]))).toEqual(expected);
        expect(rows).toHaveLength(expected.size);
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
