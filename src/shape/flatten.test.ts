import { describe, expect, test } from 'vitest';
import { loadRecords as load } from '../../test/support/load-records.ts';
import { csvRules, mysqlRules } from '../../test/support/sample-dialects.ts';
import { ExactNumber } from '../lib/exact-number.ts';

const exact = (text: string) => new ExactNumber(text);

describe('objects', () => {
  test('are flattened to any depth', () => {
    const { rows } = load([
      { id: 1, attributes: { color: 'red', size: { width: 3, unit: { name: 'cm' } } } },
    ]);
    expect(rows('people')).toEqual([
      { id: 1, attributes__color: 'red', attributes__size__width: 3, attributes__size__unit__name: 'cm' },
    ]);
  });

  test('and arrays that are empty make no column, no table and no row', () => {
    const { columns, catalog } = load([{ id: 1, a: {}, b: [], c: { d: {} }, e: [{}] }]);
    expect(columns('people')).toEqual(['id integer']);
    expect([...catalog.tables.keys()]).toEqual(['people']);
  });

  test('may have keys named __proto__, and leave Object.prototype alone', () => {
    const data = JSON.parse('{"id":1,"__proto__":{"admin":true},"constructor":{"name":"x"}}') as object;
    expect(load([data]).columns('people')).toEqual([
      '__proto____admin boolean',
      'constructor__name text',
      'id integer',
    ]);
    expect('admin' in {}).toBe(false);
  });
});

describe('arrays', () => {
  const order = {
    order_id: 12,
    line_items: [
      { product: 'a', tax_lines: [{ rate: 0.5 }, { rate: 0.25 }] },
      { product: 'b', tax_lines: [{ rate: 0.125 }] },
    ],
  };

  test('become subtables with source keys and level ids', () => {
    const { rows, catalog } = load([order], { table: 'orders', keys: ['order_id'] });
    expect(rows('orders')).toEqual([{ order_id: 12 }]);
    expect(rows('orders__line_items')).toEqual([
      { _sdc_source_key_order_id: 12, _sdc_level_0_id: 0, product: 'a' },
      { _sdc_source_key_order_id: 12, _sdc_level_0_id: 1, product: 'b' },
    ]);
    expect(rows('orders__line_items__tax_lines')).toEqual([
      { _sdc_source_key_order_id: 12, _sdc_level_0_id: 0, _sdc_level_1_id: 0, rate: 0.5 },
      { _sdc_source_key_order_id: 12, _sdc_level_0_id: 0, _sdc_level_1_id: 1, rate: 0.25 },
      { _sdc_source_key_order_id: 12, _sdc_level_0_id: 1, _sdc_level_1_id: 0, rate: 0.125 },
    ]);
    const { columns, primaryKey } = catalog.tables.get('orders__line_items__tax_lines')!;
    expect(primaryKey).toEqual(['_sdc_source_key_order_id', '_sdc_level_0_id', '_sdc_level_1_id']);
    expect(columns.map(({ name }) => name).sort()).toEqual([
      '_sdc_batched_at',
      '_sdc_level_0_id',
      '_sdc_level_1_id',
      '_sdc_received_at',
      '_sdc_sequence',
      '_sdc_source_key_order_id',
      '_sdc_table_version',
      'rate',
    ]);
    expect(
      columns
        .filter(({ nullable }) => !nullable)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...primaryKey].sort());
  });

  test('of scalars have one column, and keep their nulls', () => {
    const { rows } = load([{ id: 'k', tags: ['x', null, 'y'] }]);
    expect(rows('people__tags')).toEqual([
      { _sdc_source_key_id: 'k', _sdc_level_0_id: 0, _sdc_value: 'x' },
      { _sdc_source_key_id: 'k', _sdc_level_0_id: 1 },
      { _sdc_source_key_id: 'k', _sdc_level_0_id: 2, _sdc_value: 'y' },
    ]);
  });

  test('in arrays are subtables of _sdc_value', () => {
    const { rows } = load([{ id: 1, grid: [[1, 2], [3]] }]);
    expect(rows('people__grid')).toHaveLength(2);
    expect(rows('people__grid___sdc_value').map(Object.values)).toEqual([
      [0, 0, 1, 1],
      [0, 1, 2, 1],
      [1, 0, 3, 1],
    ]);
  });

  test('may come before the key in a record', () => {
    const { rows } = load([{ tags: ['x'], id: 7 }]);
    expect(rows('people__tags')).toEqual([{ _sdc_source_key_id: 7, _sdc_level_0_id: 0, _sdc_value: 'x' }]);
  });

  test('in objects take the name of the whole way', () => {
    expect(load([{ id: 1, a: { b: [1] } }]).rows('people__a__b')).toHaveLength(1);
  });

  test('in a table without key names repeat its __sdc_primary_key', () => {
    const { rows } = load([{ tags: ['x'] }], { keys: [] });
    const [parent] = rows('people');
    const [child] = rows('people__tags');
    expect(child!._sdc_source_key___sdc_primary_key).toBe(parent!.__sdc_primary_key);
  });

  test('whose name is too long are left out, and the parent loads', () => {
    const { rows, reasons } = load([{ id: 1, ['a'.repeat(58)]: [1, 2] }]);
    expect(rows('people')).toEqual([{ id: 1 }]);
    expect(reasons).toEqual([`column: Table name people__${'a'.repeat(58)} is too long for PostgreSQL`]);
  });

  test('need a key name of at most 47 bytes', () => {
    const key = 'k'.repeat(48);
    const { rows, reasons } = load([{ [key]: 1, tags: [1] }, { [key]: 2 }], { keys: [key] });
    expect(rows('people')).toEqual([{ [key]: 2 }]);
    expect(reasons).toEqual([
      `record: Column name ${key} is too long for PostgreSQL in subtable people__tags`,
    ]);
    const shorter = 'k'.repeat(47);
    expect(load([{ [shorter]: 1, tags: [1] }], { keys: [shorter] }).rows('people__tags')).toHaveLength(1);
  });
});

describe('a destination that nests', () => {
  test('keeps objects and arrays as JSON, digit for digit, and other names', () => {
    const records = [
      { ID: 1, 'Tag Cloud': [exact('1.00'), { a: '\0ü"' }], n: {} },
      { ID: 2, n: 5 },
    ];
    const { columns, rows } = load(records, { keys: ['ID'] }, mysqlRules);
    expect(columns('people')).toEqual(['id integer', 'n__bi integer', 'n__js json', 'tag_cloud json']);
    expect(rows('people')[0]).toEqual({ id: 1, tag_cloud: '[1.00,{"a":"\\u0000ü\\""}]', n__js: '{}' });
  });

  test('has bounded decimals and text keys', () => {
    const long = '1'.repeat(36);
    expect(load([{ id: 1, n: exact(`${long}.5`) }], {}, mysqlRules).reasons).toEqual([
      `record: decimal out of range for MySQL on n: ${long}.5`,
    ]);
    expect(load([{ id: 'ü'.repeat(256) }], {}, mysqlRules).reasons).toEqual([
      'record: Key property id is longer than the 255 characters MySQL can index',
    ]);
    expect(load([{ id: '😀'.repeat(255) }], {}, mysqlRules).reasons).toEqual([]);
  });

  test('leaves a value out when the name of its split column would be too long', () => {
    const name = 'n'.repeat(62);
    const { rows, reasons } = load(
      [
        { id: 1, [name]: 1 },
        { id: 2, [name]: 'x' },
      ],
      {},
      mysqlRules,
    );
    expect(rows('people')).toEqual([{ id: 1, [name]: 1 }, { id: 2 }]);
    expect(reasons).toEqual([`column: Column name ${name}__st is too long for MySQL`]);
  });
});

test('a destination without types has one text column a field, and only appends', () => {
  const { columns, rows } = load(
    [
      { id: 1, a: true, b: exact('1.00'), tags: ['x'] },
      { id: 1, a: 'text', b: -0 },
    ],
    {},
    csvRules,
  );
  expect(columns('people')).toEqual(['a text', 'b text', 'id text']);
  expect(rows('people')).toEqual([
    { id: '1', a: 'text', b: '-0' },
    { id: '1', a: 'true', b: '1.00' },
  ]);
  expect(rows('people__tags')).toEqual([{ _sdc_source_key_id: '1', _sdc_level_0_id: 0, _sdc_value: 'x' }]);
});
