import { describe, expect, test } from 'vitest';
import { loadRecords as load } from '../../test/support/load-records.ts';
import { createMemoryWarehouse, type SampleBatch } from '../../test/support/memory-warehouse.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { parseDateTime } from './date-time.ts';

const exact = (text: string) => new ExactNumber(text);

describe('names', () => {
  test('that cannot be columns leave their value out, once for each record', () => {
    const { rows, reasons } = load([
      {
        id: 1,
        _sdc_sequence: 5,
        age__bi: 3,
        '!': 'x',
        ['n'.repeat(60)]: 1,
        _sdc_repository: 'r',
        list: [{ x__st: 1 }, { x__st: 2 }],
      },
      { id: 2, _sdc_sequence: null, age__bi: null },
    ]);
    expect(rows('people')).toEqual([{ id: 1, _sdc_repository: 'r' }, { id: 2 }]);
    expect(reasons).toEqual([
      'column: Column name _sdc_sequence is reserved for system columns',
      'column: column names from client should not include reserved datatype suffix on age__bi',
      'column: Column name "!" has no characters that can be used',
      `column: Column name ${'n'.repeat(60)} is too long for PostgreSQL`,
      'column: column names from client should not include reserved datatype suffix on x__st',
    ]);
  });

  test.each([
    [{ id: 1, 'a!b': 1 }, { id: 2, 'a#b': 2 }, 'ab'],
    [{ id: 1, a__b: 1 }, { id: 2, a: { b: 2 } }, 'a__b'],
    [{ id: 1 }, { id: 2, 'id!': 2 }, 'id'],
  ])('belong to the first path: %j, then %j', (first, second, name) => {
    const { rows, reasons } = load([first, second, first]);
    expect(rows('people')).toHaveLength(1);
    expect(reasons).toEqual([`record: Field collision on ${name}`]);
  });

  test('belong to the first path across loads too', () => {
    const warehouse = createMemoryWarehouse();
    warehouse.load({ records: [{ data: { id: 1, 'a!': 1 } }] });
    const { reports } = warehouse.load({ records: [{ data: { id: 2, 'a#': 1 } }] });
    expect(reports.map(({ reason }) => reason)).toEqual(['Field collision on a']);
  });

  test('are not claimed by a record that is rejected', () => {
    const { rows, reasons } = load([
      { id: 1, 'a!': 1, bad: '\0' },
      { id: 2, 'a#': 2 },
    ]);
    expect(rows('people')).toEqual([{ id: 2, a: 2 }]);
    expect(reasons).toHaveLength(1);
  });

  test('of tables belong to the first path as well', () => {
    const warehouse = createMemoryWarehouse();
    const reasons = (batch: SampleBatch) => warehouse.load(batch).reports.map(({ reason }) => reason);
    expect(reasons({ table: 'My!T', records: [{ data: { id: 1 } }] })).toEqual([]);
    expect(reasons({ table: 'MyT', records: [{ data: { id: 1 } }] })).toEqual(['Table collision on MyT']);
    expect(reasons({ table: 'orders__line_items', records: [{ data: { id: 1 } }] })).toEqual([]);
    expect(
      reasons({ table: 'orders', records: [{ data: { id: 1, line_items: [1] } }, { data: { id: 2 } }] }),
    ).toEqual(['Table collision on orders__line_items']);
    expect(warehouse.rows('orders')).toEqual([{ id: 2 }]);
  });

  test('of an object with an array and of an array of objects with one are two paths', () => {
    const { reasons } = load([
      { id: 1, a: { b: [1] } },
      { id: 2, a: [{ b: [1] }] },
    ]);
    expect(reasons).toEqual(['record: Table collision on people__a__b']);
  });

  test('of a table that is too long reject every record', () => {
    const { reasons, catalog } = load([{ id: 1 }, { id: 2 }], { table: 't'.repeat(64) });
    expect(reasons).toEqual(Array(2).fill(`record: Table name ${'t'.repeat(64)} is too long for PostgreSQL`));
    expect(catalog.tables.size).toBe(0);
  });

  test('of keys that cannot be columns reject every record', () => {
    expect(load([{ x__bi: 1 }], { keys: ['x__bi'] }).reasons).toHaveLength(1);
    expect(load([{ 'a!': 1, 'a#': 2 }], { keys: ['a!', 'a#'] }).reasons).toEqual([
      'record: Field collision on a',
    ]);
  });
});

describe('system columns', () => {
  test('stand in every table', () => {
    const { catalog } = load([{ id: 1 }]);
    const { columns, primaryKey } = catalog.tables.get('people')!;
    expect(columns.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
      ['_sdc_sequence', 'integer', true],
      ['_sdc_table_version', 'integer', true],
      ['_sdc_received_at', 'timestamp', true],
      ['_sdc_batched_at', 'timestamp', true],
      ['_sdc_extracted_at', 'timestamp', true],
      ['_sdc_deleted_at', 'timestamp', true],
      ['id', 'integer', false],
    ]);
    expect(primaryKey).toEqual(['id']);
  });

  test('of a table without key names have __sdc_primary_key, and no PRIMARY KEY', () => {
    const { catalog, rows } = load([{ a: 1 }, { a: 1 }], { keys: [] });
    expect(catalog.tables.get('people')!.primaryKey).toEqual([]);
    const keys = rows('people').map((row) => row.__sdc_primary_key);
    expect(new Set(keys).size).toBe(2);
    const again = load([{ a: 1 }, { a: 1 }], { keys: [] }).rows('people');
    expect(again).toEqual(rows('people'));
  });

  test('are filled from the message and the batch, digit for digit', () => {
    const warehouse = createMemoryWarehouse();
    warehouse.load({
      version: 1795414180789,
      records: [
        {
          data: { id: 1, _sdc_deleted_at: '2020-01-01T00:00:00Z' },
          sequence: exact('1795414180789266001'),
          extractedAt: '2019-01-31T15:51:50.215998Z',
        },
      ],
    });
    const [table] = warehouse.snapshot() as { rows: string[] }[];
    expect(table!.rows).toEqual([
      [
        `_sdc_deleted_at,${parseDateTime('2020-01-01T00:00:00Z')}`,
        `_sdc_extracted_at,${parseDateTime('2019-01-31T15:51:50.215998Z')}`,
        '_sdc_received_at,7',
        '_sdc_sequence,1795414180789266001',
        '_sdc_table_version,1795414180789',
        'id,1',
      ].join(','),
    ]);
  });

  test('that cannot be parsed reject the record', () => {
    expect(load([{ id: 1, _sdc_deleted_at: 'now' }]).reasons).toEqual([
      'record: timestamp cannot be parsed on _sdc_deleted_at: now',
    ]);
    const warehouse = createMemoryWarehouse();
    const { reports } = warehouse.load({ records: [{ data: { id: 1 }, extractedAt: 'now' }] });
    expect(reports[0]!.reason).toBe('timestamp cannot be parsed on time_extracted: now');
  });
});

describe('limits', () => {
  test('a record over 4 MB is rejected', () => {
    const warehouse = createMemoryWarehouse();
    const { reports } = warehouse.load({
      records: [
        { data: { id: 1 }, bytes: 4_000_001 },
        { data: { id: 2 }, bytes: 4_000_000 },
      ],
    });
    expect(reports.map(({ position, code }) => [position, code])).toEqual([[0, 'recordTooLarge']]);
  });

  test('a record that needs one column too many is rejected, its neighbours load', () => {
    const many = Object.fromEntries(Array.from({ length: 1600 - 7 }, (_, index) => [`c${index}`, 1]));
    const { columns, reasons } = load([
      { id: 1, ...many },
      { id: 2, extra: 1 },
      { id: 3, c5: 2 },
      { id: 4, c5: 'split' },
    ]);
    expect(columns('people')).toHaveLength(1600 - 6);
    expect(reasons).toEqual(Array(2).fill('record: ERROR: too many columns: table people can have 1600'));
  });

  test('10,000 distinct keys in one record leave nothing behind', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`c${index}`, 1]));
    const { columns, rows } = load([
      { id: 1, ...many },
      { id: 2, a: 1 },
    ]);
    expect(columns('people')).toEqual(['a integer', 'id integer']);
    expect(rows('people')).toHaveLength(1);
  });

  test('keys that differ in every record, as ids do, leave nothing behind', () => {
    const records = Array.from({ length: 8 }, (_, record) => ({
      id: record,
      users: Object.fromEntries(
        Array.from({ length: 2000 }, (_, user) => [`u${record}_${user}`, { '!': 1 }]),
      ),
    }));
    const { rows, reports } = load(records);
    expect(rows('people')).toHaveLength(0);
    expect(new Set(reports.map(({ code }) => code))).toEqual(new Set(['tooManyColumns']));
    expect(load([...records, { id: 99, a: 1 }]).rows('people')).toEqual([{ id: 99, a: 1 }]);
  });

  test('records of nulls are rows', () => {
    const { rows, columns } = load([{ a: null }, {}], { keys: [] });
    expect(rows('people')).toHaveLength(2);
    expect(columns('people')).toEqual(['__sdc_primary_key text']);
  });
});
