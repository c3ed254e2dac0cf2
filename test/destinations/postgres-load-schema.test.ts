import { describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { bothWays, failureOf, openTestSession, type SentBatch } from '../support/load-session.ts';

const columnsOf = async (db: TestDatabase, table: string): Promise<string[]> =>
  (
    await db.query(
      `select attname || ' ' || format_type(atttypid, atttypmod) as c from pg_attribute
       where attrelid = 'source."${table}"'::regclass and attnum > 0 and not attisdropped and attname !~ '^_sdc' order by attname`,
    )
  ).map(({ c }) => String(c));

const one = (data: object, sequence: number, keyNames: readonly string[] = ['id']): SentBatch => ({
  keyNames,
  messages: [{ data, sequence }],
});

describe.each(bothWays)('rows that are $way', ({ tuning }) => {
  test('split a column that a view reads: it goes on with the renamed one, and is named', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [one({ id: 1, age: 7 }, 1)]);
    await db.query('create view source.v as select age from source.t');
    const split = await loads.load('t', [one({ id: 2, age: 'seven' }, 2)]);
    expect(split.schemaChanges).toMatchObject([
      { before: 'age bigint', after: 'age__bi bigint, age__st text', dependentViews: ['source.v'] },
    ]);
    expect(await db.query('select age::int from source.v order by 1')).toHaveLength(2);
  });

  test('make a schema anew that somebody dropped, with all its tables', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [one({ id: 1, kids: [1] }, 1)]);
    await db.query('drop schema source cascade');
    await loads.load('t', [one({ id: 2, kids: ['k'] }, 2)]);
    expect(await db.query('select _sdc_value from source.t__kids')).toEqual([{ _sdc_value: 'k' }]);
  });

  test('are never written to a view', async () => {
    await using db = await createTestDatabase();
    await db.query('create schema source; create view source.w as select 1 as id');
    await using loads = await openTestSession(db, { tuning });
    expect(await failureOf(loads.load('w', [one({ id: 1 }, 1)]))).toMatchObject({
      kind: 'blocked',
      code: 'foreign-table',
    });
  });

  test('wait when a table belongs to another role, and the error says what to run', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [one({ id: 1 }, 1)]);
    await db.admin('alter table source.t owner to postgres');
    await using fresh = await openTestSession(db, { tuning });
    const failure = await failureOf(fresh.load('t', [one({ id: 2, b: 1 }, 2)]));
    expect(failure.kind).toBe('blocked');
    expect(failure.remedy).toContain(`ALTER TABLE "source"."t" OWNER TO "${db.user}";`);
    await db.admin(failure.remedy.slice(failure.remedy.indexOf('ALTER')));
    await fresh.load('t', [one({ id: 2, b: 1 }, 2)]);
  });

  test('of a sender with the wrong keys go into a table of their own while the other is renamed', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [one({ id: 1, kids: [1] }, 1)]);
    const wrong = () => loads.load('t', [one({ id: 2, kids: [2] }, 2, [])]);
    expect((await failureOf(wrong())).remedy).toContain('Where the sender is wrong, rename the table');
    await db.query('alter table source.t rename to mine; alter table source.t__kids rename to mine__kids');
    await wrong();
    expect(await db.query('select id::int from source.t')).toEqual([{ id: 2 }]);
    await db.query(`drop table source.t, source.t__kids;
      alter table source.mine rename to t; alter table source.mine__kids rename to t__kids`);
    await loads.load('t', [one({ id: 3, kids: [3] }, 3)]);
    expect(await db.query('select id::int from source.t order by 1')).toEqual([{ id: 1 }, { id: 3 }]);
    expect(await db.query('select _sdc_value::int as v from source.t__kids order by 1')).toEqual([
      { v: 1 },
      { v: 3 },
    ]);
  });

  test('wait as well when our bookkeeping belongs to another role', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [one({ id: 1 }, 1)]);
    await db.admin(
      'alter table source._backstitch_lanes owner to postgres; alter table source._backstitch_loads owner to postgres',
    );
    await using fresh = await openTestSession(db, { tuning });
    const failure = await failureOf(fresh.load('t', [one({ id: 2 }, 2)]));
    expect(failure.kind).toBe('blocked');
    await db.admin(failure.remedy.slice(failure.remedy.indexOf('ALTER')));
    await fresh.load('t', [one({ id: 2 }, 2)]);
  });

  test('go into tables that Stitch made as these are: same tables, newer values, no second column', async () => {
    await using db = await createTestDatabase();
    await db.query(`
      create schema source;
      create table source.orders (
        id bigint, number integer, placed_at timestamp without time zone, name text, amount__bi bigint, total double precision, price numeric,
        _sdc_batched_at timestamp, _sdc_received_at timestamp, _sdc_sequence bigint, _sdc_table_version bigint,
        primary key (id));
      insert into source.orders values
        (1, 10, '2020-01-01', 'old', 5, 1.5, 1.25, now(), now(), 100, null), (2, 20, '2020-01-02', 'kept', 6, 2.5, 1, now(), now(), 200, null);
      create table source.orders__items (
        _sdc_source_key_id bigint, _sdc_level_0_id bigint, sku text,
        _sdc_batched_at timestamp, _sdc_received_at timestamp, _sdc_sequence bigint, _sdc_table_version bigint,
        primary key (_sdc_source_key_id, _sdc_level_0_id));
      insert into source.orders__items values (1, 0, 'a', now(), now(), 100, null), (1, 1, 'b', now(), now(), 100, null),
        (2, 0, 'c', now(), now(), 200, null);`);
    await using loads = await openTestSession(db, { tuning });
    const schema = {
      type: 'object',
      properties: {
        placed_at: { type: 'string', format: 'date-time' },
        total: { type: 'number' },
        price: { type: 'number' },
      },
    };
    await loads.load('orders', [
      {
        schema,
        messages: [
          {
            data: {
              id: 1,
              number: 11,
              placed_at: '2026-01-01T02:00:00+02:00',
              name: null,
              amount: 7,
              total: 3,
              price: 9.75,
              items: [{ sku: 'z' }],
            },
            sequence: 101,
          },
          { data: { id: 2, number: 21, amount: 7 }, sequence: 199 },
          { data: { id: 3, number: 2 ** 40, total: 4 }, sequence: 300, extractedAt: '2026-01-01T00:00:00Z' },
        ],
      },
    ]);
    expect(await columnsOf(db, 'orders')).toEqual([
      'amount__bi bigint',
      'id bigint',
      'name text',
      'number__bi bigint',
      'number__it integer',
      'placed_at timestamp without time zone',
      'price numeric',
      'total double precision',
    ]);
    expect(
      await db.query(
        'select id::int, number__it, number__bi::text, placed_at::text, name, amount__bi::int, total, price::text from source.orders order by id',
      ),
    ).toEqual([
      {
        id: 1,
        number__it: 11,
        number__bi: null,
        placed_at: '2026-01-01 00:00:00',
        name: null,
        amount__bi: 7,
        total: 3,
        price: '9.75',
      },
      {
        id: 2,
        number__it: 20,
        number__bi: null,
        placed_at: '2020-01-02 00:00:00',
        name: 'kept',
        amount__bi: 6,
        total: 2.5,
        price: '1',
      },
      {
        id: 3,
        number__it: null,
        number__bi: '1099511627776',
        placed_at: null,
        name: null,
        amount__bi: null,
        total: 4,
        price: null,
      },
    ]);
    expect(
      await db.query(
        'select _sdc_source_key_id::int as id, sku from source.orders__items order by 1, _sdc_level_0_id',
      ),
    ).toEqual([
      { id: 1, sku: 'z' },
      { id: 2, sku: 'c' },
    ]);
    // The bookkeeping knows later what was there before us.
    await loads.load('orders', [{ schema, messages: [{ data: { id: 2, price: 0.5 }, sequence: 399 }] }]);
    expect(await db.query('select price::text from source.orders where id = 2')).toEqual([{ price: '0.5' }]);
    await loads.load('orders', [{ messages: [{ data: { id: 2 }, sequence: 400 }] }]);
    expect(await db.query('select name, total, price from source.orders where id = 2')).toEqual([
      { name: null, total: null, price: null },
    ]);
    expect(await db.query('select from source.orders__items where _sdc_source_key_id = 2')).toEqual([]);
  });
});

test('a subtable owns its name as well: a table of that name is a collision', async () => {
  await using db = await createTestDatabase();
  await using loads = await openTestSession(db);
  await loads.load('orders', [one({ id: 1, items: [1] }, 1)]);
  const subtable = await loads.load('orders__items', [one({ id: 1 }, 1)]);
  expect(subtable.rejections.map(({ reason }) => reason)).toEqual(['Table collision on orders__items']);
  const joined = await loads.load('t', [one({ id: 1, c__d: 2 }, 1), one({ id: 3, c: { d: 1 } }, 3)]);
  expect(joined.rejections.map(({ reason }) => reason)).toEqual(['Field collision on c__d']);
});

test('a row that is too big for a page is rejected, and its neighbours load', async () => {
  await using db = await createTestDatabase();
  await using loads = await openTestSession(db);
  const wide = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, value]));
  const result = await loads.load('t', [
    one({ id: 1, ...wide(900, 2 ** 40) }, 1),
    one({ id: 2, ...wide(1200, 2 ** 40), kids: [1, 2] }, 2),
    one({ id: 3, ...wide(300, 5), kids: [3] }, 3),
  ]);
  expect(result.tables[0]).toMatchObject({ rowsLoaded: 2, rowsRejected: 1 });
  expect(result.rejections[0]?.reason).toMatch(/too big for PostgreSQL/);
  expect(await db.query('select id::int from source.t order by 1')).toEqual([{ id: 1 }, { id: 3 }]);
  expect(await db.query('select _sdc_value::int as v from source.t__kids')).toEqual([{ v: 3 }]);
  const texts = await loads.load('u', [
    one({ id: 1, ...wide(420, 'x'.repeat(17)) }, 1),
    one({ id: 2, ...wide(500, 'y'.repeat(500)) }, 2),
  ]);
  expect(texts.tables[0]).toMatchObject({ rowsLoaded: 1, rowsRejected: 1 });
});
