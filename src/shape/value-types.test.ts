import { describe, expect, test } from 'vitest';
import { loadRecords as load } from '../../test/support/load-records.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { parseDateTime } from './date-time.ts';

const exact = (text: string) => new ExactNumber(text);
const dateTime = { type: ['null', 'string'], format: 'date-time' };

describe('push types by value', () => {
  test.each([
    [3.14, 'double', 3.14],
    [10, 'integer', 10],
    [-0, 'integer', 0],
    [exact('3.0'), 'double', 3],
    [exact('1e2'), 'double', 100],
    [exact('9007199254740993'), 'integer', 9007199254740993n],
    [exact('9223372036854775807'), 'integer', 9223372036854775807n],
    [exact('3.141592653589793238'), 'numeric', '3.141592653589793238'],
    [exact('1e400'), 'numeric', '1e400'],
    [true, 'boolean', true],
    ['2019-01-31T15:51:50Z', 'text', '2019-01-31T15:51:50Z'],
    ['', 'text', ''],
  ])('%o is %s', (value, type, stored) => {
    const { columns, rows } = load([{ id: 1, value }]);
    expect(columns('people')).toEqual(['id integer', `value ${type}`]);
    expect(rows('people')).toEqual([{ id: 1, value: stored }]);
  });
});

describe('a schema decides', () => {
  const typed = (schema: object, value: unknown) => {
    const { columns, rows, reasons } = load([{ id: 1, value }], {
      schema: { properties: { value: schema } },
    });
    const [, column] = columns('people');
    return reasons[0] ?? [column?.replace('value ', ''), rows('people')[0]!.value];
  };

  test.each([
    ['integer', { type: 'integer' }, exact('3.0'), ['integer', 3]],
    ['number', { type: 'number' }, 3, ['double', 3]],
    ['number', { type: 'number' }, exact('0.12345678901234567'), ['double', Number('0.12345678901234567')]],
    ['number', { type: 'number' }, exact('0.123456789012345678'), ['numeric', '0.123456789012345678']],
    ['number', { type: 'number' }, exact('9007199254740993'), ['numeric', '9007199254740993']],
    ['number', { type: 'number' }, exact(`1${'0'.repeat(500)}`), ['numeric', `1${'0'.repeat(500)}`]],
    ['multipleOf', { type: 'number', multipleOf: 0.01 }, 12.5, ['numeric', '12.5']],
    ['multipleOf', { type: 'number', multipleOf: 0.01 }, exact('12.50'), ['numeric', '12.50']],
    [
      'date-time',
      dateTime,
      '2019-01-31T15:51:50+01:00',
      ['timestamp', parseDateTime('2019-01-31T14:51:50Z')],
    ],
    ['date-time or string', { anyOf: [dateTime, { type: 'string' }] }, 'soon', ['text', 'soon']],
    ['a value that it does not allow is typed by value', { type: 'integer' }, 3.5, ['double', 3.5]],
    ['a value that it does not allow is typed by value', { type: 'boolean' }, 'x', ['text', 'x']],
  ])('%s', (_, schema, value, expected) => {
    expect(typed(schema, value)).toEqual(expected);
  });

  test.each([
    [
      'beyond int64',
      { type: 'integer' },
      exact('9223372036854775808'),
      'integer out of range for PostgreSQL on value: 9223372036854775808',
    ],
    [
      'beyond numeric',
      { type: 'number' },
      exact('1e131073'),
      'decimal out of range for PostgreSQL on value: 1e131073',
    ],
    [
      'unparsable',
      dateTime,
      '2019-02-30T00:00:00Z',
      'timestamp cannot be parsed on value: 2019-02-30T00:00:00Z',
    ],
    [
      'too late',
      dateTime,
      '294277-01-01T00:00:00Z',
      'timestamp out of range for PostgreSQL on value: 294277-01-01T00:00:00Z',
    ],
    [
      'too early',
      dateTime,
      '-4713-12-31T00:00:00Z',
      'timestamp out of range for PostgreSQL on value: -4713-12-31T00:00:00Z',
    ],
    [
      'NUL',
      { type: 'string' },
      'a\0b',
      'text with a NUL character (U+0000) cannot be stored in PostgreSQL on value',
    ],
    [
      'half a surrogate pair',
      { type: 'string' },
      'a\ud800',
      'text with half of a surrogate pair is not valid Unicode on value',
    ],
  ])('%s is rejected', (_, schema, value, reason) => {
    expect(typed(schema, value)).toBe(`record: ${reason}`);
  });

  test('each element of a tuple has its own', () => {
    const schema = { properties: { pair: { items: [dateTime, { type: 'string' }] } } };
    const { columns } = load([{ id: 1, pair: ['2019-01-31T15:51:50Z', '2019-01-31T15:51:50Z'] }], { schema });
    expect(columns('people__pair')).toContain('_sdc_value__ti timestamp');
    expect(columns('people__pair')).toContain('_sdc_value__st text');
  });
});
