import { describe, expect, test } from 'vitest';
import { parseExactJson } from '../lib/exact-json.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { Instant } from '../lib/instant.ts';
import { readTransit } from './transit.ts';

const read = (value: unknown) => readTransit(parseExactJson(Buffer.from(JSON.stringify(value))).value);

describe('scalars', () => {
  test.each([
    ['plain', 'plain'],
    ['~~tilde', '~tilde'],
    ['~^caret', '^caret'],
    ['~`quote', '`quote'],
    ['~:keyword', 'keyword'],
    ['~$symbol', 'symbol'],
    ['~cx', 'x'],
    ['~u531a379e-31bb-4ce1-8690-158dceb64be6', '531a379e-31bb-4ce1-8690-158dceb64be6'],
    ['~rhttp://example.com', 'http://example.com'],
    ['~baGk=', 'aGk='],
    ['~_', null],
    ['~?t', true],
    ['~?f', false],
    ['~i42', 42],
    ['~i9007199254740993', new ExactNumber('9007199254740993')],
    ['~n123456789012345678901234567890', new ExactNumber('123456789012345678901234567890')],
    ['~f12.5', 12.5],
    ['~f10', new ExactNumber('10.0')],
    ['~f3.14159265358979323846', new ExactNumber('3.14159265358979323846')],
    ['~d1.5', 1.5],
    ['~m1396909037000', new Instant('2014-04-07T22:17:17.000Z')],
    ['~m99999999999999999', new Instant('99999999999999999')],
    ['~t1985-04-12T23:20:50.52Z', new Instant('1985-04-12T23:20:50.52Z')],
    [["~#'", 'quoted'], 'quoted'],
    [['~#m', 0], new Instant('1970-01-01T00:00:00.000Z')],
    [['~#u', '531a'], '531a'],
    [7, 7],
    [null, null],
  ])('%j is %j', (written, value) => expect(read(written)).toEqual(value));
});

describe('composites', () => {
  test.each([
    [['^ ', '~:a', 1, 'b', '~:c'], { a: 1, b: 'c' }],
    [['^ '], {}],
    [[], []],
    [
      ['~#set', [1, 2]],
      [1, 2],
    ],
    [['~#list', ['~:a']], ['a']],
    [['~#cmap', [1, 'one', null, 'none']], { 1: 'one', null: 'none' }],
    [['^ ', '~i1', 'one', '~m0', 'start'], { 1: 'one', '1970-01-01T00:00:00.000Z': 'start' }],
    [
      { '~:a': { '~#set': [1] }, 'b~': 2 },
      { a: [1], 'b~': 2 },
    ],
    [{ '~#list': [1] }, [1]],
    [{ '~:only': '~:value' }, { only: 'value' }],
  ])('%j is %j', (written, value) => expect(read(written)).toEqual(value));
  test('__proto__ is a key like others', () => {
    const value = read(['^ ', '__proto__', 1]);
    expect(Object.entries(value as object)).toEqual([['__proto__', 1]]);
  });
});

describe('cache codes', () => {
  test('stand for keywords, tags and keys of more than three characters', () =>
    expect(
      read([
        ['^ ', '~:client_id', 1, 'name', '~:upsert'],
        ['^ ', '^0', 2, '^1', '^2'],
        ['~#set', [1]],
        ['^3', [2]],
        ['^ ', 'ab', 'name', 'abcd', 'longer value'],
        ['^ ', '^4', 3],
      ]),
    ).toEqual([
      { client_id: 1, name: 'upsert' },
      { client_id: 2, name: 'upsert' },
      [1],
      [2],
      { ab: 'name', abcd: 'longer value' },
      { abcd: 3 },
    ]));
  test('have two digits from the 45th entry on, and begin anew after 1,936', () => {
    const names = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `~:key${from + at}`);
    expect(read([...names(0, 46), '^10', '^11'])).toEqual([
      ...names(0, 46).map((name) => name.slice(2)),
      'key44',
      'key45',
    ]);
    expect(read([...names(0, 1937), '^0', '^1'])).toEqual([
      ...names(0, 1937).map((name) => name.slice(2)),
      'key1936',
      'key1',
    ]);
  });
});

describe('what is refused', () => {
  test.each([
    [['^0'], 'unknown cache code ^0'],
    [['^ ', '~:a'], 'a map has a key without a value'],
    [['~#cmap', [[1], 2]], 'a map has a composite key'],
    ['~zNaN', 'NaN is no JSON number'],
    ['~zINF', 'INF is no JSON number'],
    ['~f1/3', 'a decimal must be written as in JSON'],
    ['~ix', 'an integer has digits only'],
    ['~Xapp', 'the tag X is not supported'],
    [['~#point', [1, 2]], 'the tag point is not supported'],
    [['~#set', 1], 'set holds no array'],
  ])('%j', (written, message) => expect(() => read(written)).toThrow(`not Transit: ${message}`));
});
