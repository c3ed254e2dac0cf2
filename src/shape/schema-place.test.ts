import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../lib/exact-number.ts';
import { compileSchema } from './schema-place.ts';

const rulesOf = (schema: unknown) => compileSchema(schema).rules;
const dateTime = { type: 'string', format: 'date-time' };

describe('strings', () => {
  test.each([
    ['a string with format date-time', dateTime, 'date-time'],
    ['one that may be null', { type: ['null', 'string'], format: 'date-time' }, 'date-time'],
    ['a string without format', { type: 'string' }, 'text'],
    ['another format', { type: 'string', format: 'date' }, 'text'],
    ['a format without type, which is typed by value', { format: 'date-time' }, 'text'],
    ['anyOf date-time and string', { anyOf: [dateTime, { type: ['string', 'null'] }] }, 'date-time-or-text'],
    ['anyOf date-time and null', { anyOf: [dateTime, { type: 'null' }] }, 'date-time'],
    ['oneOf in anyOf', { anyOf: [{ oneOf: [dateTime] }, { type: 'string' }] }, 'date-time-or-text'],
    [
      'a type beside anyOf',
      { format: 'date-time', anyOf: [{ type: 'string' }, { type: 'null' }] },
      'date-time',
    ],
    ['allOf', { allOf: [{ type: 'string' }, { format: 'date-time' }] }, 'date-time'],
    ['no schema', {}, 'text'],
    ['true', true, 'text'],
  ])('%s', (_, schema, expected) => {
    expect(rulesOf(schema).strings).toBe(expected);
  });
});

describe('numbers', () => {
  test.each([
    ['integer', { type: 'integer' }, 'integer'],
    ['number', { type: ['null', 'number'] }, 'double'],
    ['number and string', { type: ['number', 'string'] }, 'double'],
    ['integer and number', { type: ['integer', 'number'] }, 'double'],
    ['anyOf integer and number', { anyOf: [{ type: 'integer' }, { type: 'number' }] }, 'double'],
    ['allOf integer and number', { allOf: [{ type: 'integer' }, { type: 'number' }] }, 'integer'],
    ['multipleOf 0.01', { type: 'number', multipleOf: 0.01 }, 'numeric'],
    ['multipleOf 1e-38', { type: 'number', multipleOf: 1e-38 }, 'numeric'],
    [
      'multipleOf with more digits',
      { type: 'number', multipleOf: new ExactNumber('0.00000000000000000001') },
      'numeric',
    ],
    ['multipleOf 0.25', { type: 'number', multipleOf: 0.25 }, 'double'],
    ['an integer with multipleOf', { type: 'integer', multipleOf: 10 }, 'integer'],
    ['no type', { multipleOf: 0.01 }, 'by-value'],
    ['a string only', { type: 'string' }, 'by-value'],
  ])('%s', (_, schema, expected) => {
    expect(rulesOf(schema).numbers).toBe(expected);
  });
});

describe('places', () => {
  test('properties, also of objects in anyOf', () => {
    const place = compileSchema({
      anyOf: [{ type: 'null' }, { type: 'object', properties: { at: dateTime } }],
    });
    expect(place.property('at').rules.strings).toBe('date-time');
    expect(place.property('other').rules.numbers).toBe('by-value');
  });

  test('a property of two alternatives is what either says', () => {
    const place = compileSchema({
      oneOf: [{ properties: { a: dateTime } }, { properties: { a: { type: 'string' } } }],
    });
    expect(place.property('a').rules.strings).toBe('date-time-or-text');
  });

  test('additionalProperties hold for what is not named', () => {
    const place = compileSchema({
      properties: { a: { type: 'integer' } },
      additionalProperties: { type: 'number' },
    });
    expect(place.property('a').rules.numbers).toBe('integer');
    expect(place.property('b').rules.numbers).toBe('double');
  });

  test('patternProperties hold where somebody matches them in bounded time', () => {
    const schema = { patternProperties: { '^d_': dateTime } };
    expect(compileSchema(schema).property('d_1').rules.strings).toBe('text');
    const matches = (pattern: string, name: string) => pattern === '^d_' && name.startsWith('d_');
    expect(compileSchema(schema, { matches }).property('d_1').rules.strings).toBe('date-time');
  });

  test('items, as one schema and as a tuple', () => {
    const same = compileSchema({ items: { type: 'integer' } });
    expect(same.tuple).toBe(0);
    expect(same.element(0).rules.numbers).toBe('integer');
    const tuple = compileSchema({
      items: [dateTime, { type: 'string' }],
      additionalItems: { type: 'integer' },
    });
    expect(tuple.tuple).toBe(2);
    expect([0, 1, 2].map((index) => tuple.element(index).rules)).toEqual([
      { strings: 'date-time', numbers: 'by-value' },
      { strings: 'text', numbers: 'by-value' },
      { strings: 'text', numbers: 'integer' },
    ]);
  });

  test('names like __proto__ are names', () => {
    const schema = JSON.parse('{"properties":{"__proto__":{"type":"number"}}}') as object;
    expect(compileSchema(schema).property('__proto__').rules.numbers).toBe('double');
    expect(compileSchema(schema).property('constructor').rules.numbers).toBe('by-value');
  });
});

describe('$ref', () => {
  const definitions = { 'a/b': dateTime, list: { type: 'array', items: { $ref: '#/definitions/list' } } };

  test('is followed inside the schema', () => {
    expect(rulesOf({ $ref: '#/definitions/a~1b', definitions }).strings).toBe('date-time');
    expect(rulesOf({ $ref: '#/definitions/a%2Fb', definitions }).strings).toBe('date-time');
  });

  test('may be recursive', () => {
    let place = compileSchema({ $ref: '#/definitions/list', definitions });
    for (let depth = 0; depth < 50; depth += 1) place = place.element(0);
    expect(place.rules.strings).toBe('text');
  });

  test.each(['#', '#/definitions/none', 'http://example.com/schema', '#/%', '#a'])(
    'that leads nowhere (%s) is typed by value',
    ($ref) => {
      expect(rulesOf({ $ref })).toEqual({ strings: 'text', numbers: 'by-value' });
    },
  );
});

test('a schema with too many combinations is typed by value, at once', () => {
  const branches = Array.from({ length: 10 }, () => ({ type: 'integer' }));
  const schema = { allOf: Array.from({ length: 50 }, () => ({ anyOf: branches })) };
  expect(rulesOf(schema).numbers).toBe('by-value');
});
