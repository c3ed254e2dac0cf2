import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { bothWays, openTestSession, records, type SentBatch } from '../support/load-session.ts';

describe.each(bothWays)('rows that are $way', ({ tuning }) => {
  test('become rows of a table with the system columns', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const sent: SentBatch = {
      tableVersion: 7,
      messages: [
        {
          data: {
            id: 1,
            note: "it's \\ näme",
            paid: true,
            total: 2.5,
            none: null,
            _sdc_deleted_at: '2026-01-02T03:04:05Z',
          },
          sequence: 9_007_199_254_740_993n,
          extractedAt: '2026-11-20T12:30:45.123456Z',
        },
      ],
    };
    const result = await loads.load('orders', [sent]);
    expect(await db.query('select to_json(o) as row from source.orders o')).toEqual([
      {
        row: {
          id: 1,
          note: "it's \\ näme",
          paid: true,
          total: 2.5,
          _sdc_sequence: 9_007_199_254_740_992,
          _sdc_table_version: 7,
          _sdc_received_at: expect.stringMatching(/^2023-11-14T22:13:20/),
          _sdc_batched_at: expect.stringMatching(/^2023-11-14T22:13:21/),
          _sdc_extracted_at: expect.stringMatching(/^2026-11-20T12:30:45.123456/),
          _sdc_deleted_at: expect.stringMatching(/^2026-01-02T03:04:05/),
        },
      },
    ]);
    expect(await db.query('select _sdc_sequence::text as digits from source.orders')).toEqual([
      { digits: '9007199254740993' },
    ]);
    expect(result).toMatchObject({
      tables: [
        { source: 'orders', destination: 'orders', rowsLoaded: 1, droppedAsOlder: 0, primaryKeys: ['id'] },
      ],
      schemaChanges: [{ table: 'orders', kind: 'table_created' }],
      rejections: [],
    });
  });

  test('keep every digit, sign and limit of their values', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const schema = {
      type: 'object',
      properties: {
        id: { type: 'integer' },
        n: { type: 'number' },
        at: { type: 'string', format: 'date-time' },
        exact: { type: 'number', multipleOf: 0.01 },
      },
    };
    const values = [
      { id: 1, n: -0.5, i: Number.MIN_SAFE_INTEGER, at: '0001-01-01T00:00:00Z', exact: 0.1 },
      { id: 2, n: -0, i: -1, at: '294276-12-31T23:59:59.999999Z', exact: -12.5 },
      { id: 3, n: 5e-324, i: 4_294_967_296, at: '1969-12-31T23:59:59.000001Z', exact: 0 },
      { id: 4, n: 1.7976931348623157e308, i: -4_294_967_297, at: '-4712-01-01T00:00:00Z', exact: 7 },
      { id: 5, n: 0.1, i: 2_147_483_648, at: '1999-12-31T23:59:59.999999Z', exact: 1e21 },
    ];
    await loads.load('t', [{ schema, messages: values.map((data) => ({ data, sequence: 1 })) }]);
    expect(
      await db.query('select id::int, n::text, i::text, exact::text, at::text from source.t order by id'),
    ).toMatchObject([
      { i: '-9007199254740991', exact: '0.1', at: '0001-01-01 00:00:00+00' },
      { i: '-1', exact: '-12.5', at: '294276-12-31 23:59:59.999999+00' },
      { i: '4294967296', exact: '0', at: '1969-12-31 23:59:59.000001+00' },
      { i: '-4294967297', exact: '7', at: '4713-01-01 00:00:00+00 BC' },
      { i: '2147483648', exact: '1000000000000000000000', at: '1999-12-31 23:59:59.999999+00' },
    ]);
    const rows = await db.query('select id::int, n, n::text as text from source.t order by id');
    expect(rows.map(({ n }) => n)).toEqual(values.map(({ n }) => n));
  });

  test('that are replaced have only what the newer record has; what somebody added stays', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [records({ id: 1, a: 1, b: 'old' })]);
    await db.query("alter table source.t add remark text; update source.t set remark = 'mine'");
    await loads.load('t', [{ messages: [{ data: { id: 1, a: null, c: true }, sequence: 2 }] }]);
    expect(await db.query('select a, b, c, remark from source.t')).toEqual([
      { a: null, b: null, c: true, remark: 'mine' },
    ]);
  });

  test('in any order and batching: the highest sequence wins, and subtables hold only its rows', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const versions = [1, 2, 3, 4, 5];
    const message = (id: number, version: number) => ({
      data: { id, version, parts: Array.from({ length: version }, (_, part) => `${version}.${part}`) },
      sequence: version,
    });
    const expected: object[] = [];
    for (const [id, order] of permutations(versions).entries()) {
      // Each order is cut in another of three ways: one load, two loads of two and three batches, a load each.
      const all = order.map((version) => ({ messages: [message(id, version)] }));
      const cuts = [[all], [all.slice(0, 2), all.slice(2)], all.map((one) => [one])][id % 3]!;
      for (const cut of cuts) await loads.load('t', cut);
      expected.push({ id, version: 5, parts: '5.0 5.1 5.2 5.3 5.4' });
    }
    const rows = await db.query(
      `select id::int, version::int, (select string_agg(_sdc_value, ' ' order by _sdc_level_0_id)
         from source.t__parts where _sdc_source_key_id = id) as parts from source.t order by id`,
    );
    expect(rows).toEqual(expected);
  }, 120_000);

  test('of equal sequence: the first accepted stays, in one load and across loads', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const tie = (note: string) => ({ data: { id: 1, note }, sequence: 5 });
    await loads.load('t', [{ messages: [tie('first'), tie('second')] }, { messages: [tie('third')] }]);
    const later = await loads.load('t', [{ messages: [tie('fourth')] }]);
    expect(await db.query('select note from source.t')).toEqual([{ note: 'first' }]);
    expect(later.tables[0]).toMatchObject({
      rowsLoaded: 0,
      droppedAsOlder: 1,
      older: {
        incoming: { sequence: '5', tableVersion: null },
        standing: { sequence: '5', tableVersion: null },
      },
    });
  });

  test('without a sequence are lower than any with one, and the first of them stays', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [{ messages: [{ data: { id: 1, n: 'a' } }, { data: { id: 1, n: 'b' } }] }]);
    await loads.load('t', [{ messages: [{ data: { id: 1, n: 'c' } }] }]);
    expect(await db.query('select n from source.t')).toEqual([{ n: 'a' }]);
    await loads.load('t', [{ messages: [{ data: { id: 1, n: 'd' }, sequence: -5 }] }]);
    expect(await db.query('select n from source.t')).toEqual([{ n: 'd' }]);
    await loads.load('t', [{ messages: [{ data: { id: 1, n: 'e' } }] }]);
    expect(await db.query('select n from source.t')).toEqual([{ n: 'd' }]);
  });

  test('of a higher table version win whatever their sequence', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const at = (tableVersion: number | null, sequence: number): SentBatch => ({
      tableVersion,
      messages: [{ data: { id: 1, n: `${tableVersion}/${sequence}` }, sequence }],
    });
    await loads.load('t', [at(2, 1), at(1, 9), at(null, 99)]);
    expect(await db.query('select n from source.t')).toEqual([{ n: '2/1' }]);
    await loads.load('t', [at(3, 0)]);
    expect(await db.query('select n from source.t')).toEqual([{ n: '3/0' }]);
  });

  test('with several keys of every type find their row again', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const keyNames = ['s', 'i', 'b', 'd', 'at'];
    const schema = { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } };
    const send = (note: string, sequence: number): SentBatch => ({
      keyNames,
      schema,
      messages: [
        {
          data: {
            s: "a'b",
            i: 2,
            b: true,
            d: 0.1,
            at: '2026-01-01T00:00:00+02:00',
            note,
            kids: [{ n: note }],
          },
          sequence,
        },
        {
          data: { s: "a'b ", i: 2, b: true, d: 0.1, at: '2026-01-01T00:00:00Z', note, kids: [{ n: note }] },
          sequence,
        },
      ],
    });
    await loads.load('t', [send('old', 1)]);
    await loads.load('t', [send('new', 2)]);
    expect(await db.query('select note from source.t')).toEqual([{ note: 'new' }, { note: 'new' }]);
    expect(await db.query('select n from source.t__kids')).toEqual([{ n: 'new' }, { n: 'new' }]);
  });
});

test('columns that come in the middle of a staged load are null in the rows before', async () => {
  await using db = await createTestDatabase();
  await using loads = await openTestSession(db);
  const many = Array.from({ length: 1000 }, (_, id) => ({
    id,
    note: `näme ${id}`,
    tags: [id, id + 1],
    ...(id > 500 ? { late: id + 0.25 } : {}),
  }));
  const result = await loads.load('orders', [records(...many)]);
  expect(result.tables.map((table) => [table.destination, table.rowsLoaded])).toEqual([
    ['orders', 1000],
    ['orders__tags', 2000],
  ]);
  const rows = await db.query('select id::int, note, late from source.orders order by id');
  expect(rows).toEqual(many.map(({ tags: _, ...row }) => ({ late: null, ...row })));
});

function permutations<T>(list: readonly T[]): T[][] {
  return list.length < 2
    ? [[...list]]
    : list.flatMap((one, index) => permutations(list.toSpliced(index, 1)).map((rest) => [one, ...rest]));
}
