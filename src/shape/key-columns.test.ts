import { describe, expect, test } from 'vitest';
import { loadRecords as load } from '../../test/support/load-records.ts';
import { createMemoryWarehouse } from '../../test/support/memory-warehouse.ts';
import { ExactNumber } from '../lib/exact-number.ts';

const exact = (text: string) => new ExactNumber(text);

describe('keys', () => {
  const missing = 'record: Record is missing key property id';
  test.each([
    ['missing', {}, missing],
    ['null', { id: null }, missing],
    ['an object', { id: {} }, 'record: Key property id is an object or an array in this record'],
    [
      'of more than 17 digits',
      { id: exact('0.123456789012345678') },
      'record: Key property id is a number of more than 17 digits in this record, and a number of at most 17 digits in the table',
    ],
    [
      'too long',
      { id: 'ü'.repeat(1301) },
      'record: Key property id is longer than the 2400 bytes PostgreSQL can index',
    ],
  ])('that are %s reject the record', (_, data, reason) => {
    expect(load([data, { id: 1 }]).reasons).toEqual([reason]);
  });

  test.each([
    ['a string', 'x'],
    ['an integer', 1],
    ['a boolean', true],
    ['a number', 1.5],
  ])('may be %s', (_, id) => {
    expect(load([{ id }]).rows('people')).toEqual([{ id }]);
  });

  test('of a number with fixed places are doubles', () => {
    const schema = { properties: { id: { type: 'number', multipleOf: 0.01 } } };
    expect(load([{ id: 1.25 }], { schema }).columns('people')).toEqual(['id double']);
  });

  test('never split: another type is rejected, the table keeps its type', () => {
    const { columns, reasons, stop } = load([{ id: 1 }, { id: 'x' }, { id: 1.5 }]);
    expect(columns('people')).toEqual(['id integer']);
    expect(stop).toBeNull();
    expect(reasons).toEqual([
      'record: Key property id is a string in this record, and an integer in the table',
      'record: Key property id is a number of at most 17 digits in this record, and an integer in the table',
    ]);
  });

  test('of another type in every record of a load stop the table', () => {
    const warehouse = createMemoryWarehouse();
    warehouse.load({ records: [{ data: { id: 1 } }] });
    const { stop } = warehouse.load({ records: [{ data: { id: 'x' } }, { data: { id: 'y' } }] });
    expect(stop).toMatchObject({ code: 'key-type' });
    expect(warehouse.load({ records: [{ data: { id: 'x' } }, { data: { id: 2 } }] }).stop).toBeNull();
  });

  test('that change stop the table, naming both sets', () => {
    const warehouse = createMemoryWarehouse();
    warehouse.load({ records: [{ data: { id: 1, region: 'eu' } }] });
    const { stop } = warehouse.load({ keys: ['id', 'region'], records: [{ data: { id: 1, region: 'eu' } }] });
    expect(stop?.code).toBe('keys-changed');
    expect(stop?.message).toContain('Primary Keys for table do not match Primary Keys of incoming data');
    expect(stop?.message).toContain('has ("id"), the incoming data has ("id", "region")');
    expect(warehouse.load({ keys: [], records: [{ data: { id: 1 } }] }).stop?.code).toBe('keys-changed');
  });
});
