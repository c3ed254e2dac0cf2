import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openTestSession, records, type SentBatch, type TestSession } from '../support/load-session.ts';

/** What PostgreSQL itself makes of the names that are sent. */
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => await db?.[Symbol.asyncDispose]());

interface Room extends TestSession {
  readonly schema: string;
  tables(): Promise<string[]>;
  /** Columns of a table without those of the system. */
  columns(table: string): Promise<string[]>;
  rows(columns: string, table: string): Promise<Record<string, unknown>[]>;
  rejected(): Promise<Record<string, unknown>[]>;
}

/** A session with an empty schema of its own. */
async function open(schema = `s_${randomBytes(4).toString('hex')}`): Promise<Room> {
  const loads = await openTestSession(db, { schema });
  const names = async (sql: string) => (await db.query(sql)).map(({ name }) => String(name));
  return {
    ...loads,
    schema,
    tables: () =>
      names(
        `select table_name as name from information_schema.tables
         where table_schema = '${schema}' and table_name !~ '^_(backstitch|sdc)' order by 1`,
      ),
    columns: (table) =>
      names(
        `select column_name as name from information_schema.columns
         where table_schema = '${schema}' and table_name = '${table}'
           and column_name !~ '^_sdc_(sequence|table_version|(received|batched|extracted|deleted)_at)$' order by 1`,
      ),
    rows: (columns, table) => db.query(`select ${columns} from ${schema}."${table}" order by 1`),
    rejected: () =>
      db.query(
        `select _sdc_kind as kind, _sdc_position::int as position, reason, table_name
         from ${schema}._sdc_rejected order by position, reason`,
      ),
  };
}

const keyed = (key: string, ...data: readonly object[]): SentBatch => ({
  ...records(...data),
  keyNames: [key],
});

describe('names', () => {
  test('lose what cannot stand in a column, and keep their case', async () => {
    await using room = await open();
    const sent = {
      id: 1,
      '123customerid': 1,
      '!customer#name': 2,
      CuStOmEr: 3,
      '_9 lives': 4,
      größe: 5,
      日本語1: 6,
      '2nd.Line-"of" text': 7,
    };
    const { rejections } = await room.load('9My!Table ü', [records(sent)]);
    expect(rejections).toEqual([]);
    expect(await room.tables()).toEqual(['MyTable ü']);
    expect(new Set(await room.columns('MyTable ü'))).toEqual(
      new Set([
        'id',
        'customerid',
        'customername',
        'CuStOmEr',
        '_9 lives',
        'größe',
        '日本語1',
        'ndLineof text',
      ]),
    );
  });

  test('of which nothing is left, or too much, cannot be tables', async () => {
    await using room = await open();
    const reasonsOf = async (table: string) =>
      (await room.load(table, [records({ id: 1 }, { id: 2 })])).rejections.map(({ kind, reason }) => [
        kind,
        reason,
      ]);
    const long = 'ü'.repeat(32);
    expect(await reasonsOf('!1')).toEqual(
      Array(2).fill(['record', 'Table name "!1" has no characters that can be used']),
    );
    expect(await reasonsOf(long)).toEqual(
      Array(2).fill(['record', `Table name ${long} is too long for PostgreSQL`]),
    );
    expect(await reasonsOf(`${long.slice(1)}x`)).toEqual([]);
    expect(await room.tables()).toEqual([`${long.slice(1)}x`]);
  });

  test('that are reserved leave their value out, which is reported beside the record', async () => {
    await using room = await open();
    const system = ['extracted_at', 'received_at', 'batched_at', 'sequence', 'table_version'];
    const endings = ['bi', 'bo', 'de', 'do', 'fl', 'it', 'st', 'ti', 'dt', 'js'];
    const reserved = [
      ...system.map((name) => `_sdc_${name}`),
      '__sdc_primary_key',
      '_sdc_source_key_id',
      '_sdc_level_0_id',
      '_rjm_x',
      '_backstitch_x',
      ...endings.map((ending) => `x__${ending}`),
    ];
    const ordinary = ['_sdc_repository', '_sdc', 'x_bi', 'x__b', 'bi'];
    const data = Object.fromEntries([...reserved, ...ordinary].map((name) => [name, 'text']));
    const { tables } = await room.load('t', [records({ id: 1, ...data })]);
    expect(tables[0]).toMatchObject({ rowsLoaded: 1, rowsRejected: 0 });
    expect(await room.columns('t')).toEqual(['id', ...ordinary].toSorted());
    const rejected = await room.rejected();
    expect(rejected.map(({ kind, position, table_name }) => [kind, position, table_name])).toEqual(
      Array(reserved.length).fill(['column', 0, 't']),
    );
    expect(reserved.filter((name) => !rejected.some(({ reason }) => String(reason).includes(name)))).toEqual(
      [],
    );
  });

  test('of 59 bytes have room for the ending of a split', async () => {
    await using room = await open();
    const longest = 'ü'.repeat(29).concat('x');
    await room.load('t', [
      records({ id: 1, [longest]: 1 }, { id: 2, [longest]: 'one' }, { id: 3, [`${longest}x`]: 1 }),
    ]);
    expect(await room.columns('t')).toEqual(['id', `${longest}__bi`, `${longest}__st`]);
    expect(await room.rejected()).toMatchObject([{ kind: 'column', position: 2 }]);
  });

  test('of subtables that are too long leave their rows out; the record loads', async () => {
    await using room = await open();
    const fits = 'a'.repeat(60);
    await room.load('t', [records({ id: 1, [fits]: [1], [`${fits}b`]: [{ n: 1 }] })]);
    expect(await room.tables()).toEqual(['t', `t__${fits}`]);
    expect(await room.rows('id::int', 't')).toEqual([{ id: 1 }]);
    expect(await room.rejected()).toEqual([
      {
        kind: 'column',
        position: 0,
        table_name: 't',
        reason: `Table name t__${fits}b is too long for PostgreSQL`,
      },
    ]);
  });

  test('of keys beyond 47 bytes reject the records that need a subtable, and no others', async () => {
    await using room = await open();
    const [longest, longer] = ['k'.repeat(47), 'k'.repeat(48)] as const;
    await room.load('t', [keyed(longest, { [longest]: 1, tags: [1] })]);
    expect(await room.columns('t__tags')).toContain(`_sdc_source_key_${longest}`);
    const { tables } = await room.load('u', [keyed(longer, { [longer]: 1, tags: [1] }, { [longer]: 2 })]);
    expect(tables[0]).toMatchObject({ rowsLoaded: 1, rowsRejected: 1 });
    expect(await room.rejected()).toMatchObject([{ kind: 'record', position: 0 }]);
  });

  test('belong to the first path, whoever asks later', async () => {
    await using first = await open();
    await first.load('t', [records({ id: 1, 'a!b': 1, c: { d: 1 } })]);
    await first.load('t__lines', [records({ id: 1 })]);
    await using room = await open(first.schema);
    const fields = await room.load('t', [
      records(
        { id: 2, 'a#b': 1 },
        { id: 3, c__d: 1 },
        { id: 4, lines: [1] },
        { id: 5, 'a!b': 5, c: { d: 5 } },
      ),
    ]);
    expect(fields.rejections.map(({ position, reason }) => [position, reason])).toEqual([
      [0, 'Field collision on ab'],
      [1, 'Field collision on c__d'],
      [2, 'Table collision on t__lines'],
    ]);
    expect((await room.load('t!', [records({ id: 6 })])).rejections).toMatchObject([
      { kind: 'record', reason: 'Table collision on t' },
    ]);
    expect(await room.rows('id::int, ab::int', 't')).toEqual([
      { id: 1, ab: 1 },
      { id: 5, ab: 5 },
    ]);
  });

  test('of what is nested are those of the whole way, with two underscores between', async () => {
    await using room = await open();
    await room.load('orders', [
      records({
        id: 1,
        attributes: { color: 'red', size: { cm: 3 } },
        line_items: [{ sku: 'a', tax_lines: [{ rate: 0.5 }], tags: ['x'] }],
        no: {},
        none: [],
        hollow: [{}, {}],
      }),
    ]);
    expect(await room.tables()).toEqual([
      'orders',
      'orders__line_items',
      'orders__line_items__tags',
      'orders__line_items__tax_lines',
    ]);
    expect(await room.columns('orders')).toEqual(['attributes__color', 'attributes__size__cm', 'id']);
    expect(await room.columns('orders__line_items')).toEqual([
      '_sdc_level_0_id',
      '_sdc_source_key_id',
      'sku',
    ]);
    expect(await room.columns('orders__line_items__tags')).toEqual([
      '_sdc_level_0_id',
      '_sdc_level_1_id',
      '_sdc_source_key_id',
      '_sdc_value',
    ]);
  });
});
