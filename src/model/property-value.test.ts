import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { property } from '../../test/support/sample-form.ts';
import type { Json } from '../lib/json.ts';
import { parsePropertyValue, sameValue } from './property-value.ts';

const text = property('host');
const port = property('port', { natural: 'integer', jsonSchema: { type: 'string', pattern: '^\\d+$' } });
const ssl = property('ssl', {
  natural: 'boolean',
  jsonSchema: { type: 'string', pattern: '^(true|false)$' },
});
const object = property('config', { natural: 'object', jsonSchema: { type: 'object' } });
const certificate = property('certificate', { controlCharacters: 'lines' });
const delimiter = property('delimiter', { controlCharacters: 'tab' });

const nested = (levels: number): Json => (levels === 0 ? 'leaf' : { inner: nested(levels - 1) });

test.each<[string, typeof text, Json, Json]>([
  ['a text', text, 'db.example.com', 'db.example.com'],
  ['a text that looks like a number', text, '0123', '0123'],
  ['a whole number', port, 5432, '5432'],
  ['digits', port, '5432', '5432'],
  ['a number written with a fraction of zero', port, JSON.parse('5432.0'), '5432'],
  ['leading zeros', port, '05432', '5432'],
  ['zeros', port, '000', '0'],
  ['minus zero', port, JSON.parse('-0'), '0'],
  ['true', ssl, true, 'true'],
  ['false as a word', ssl, 'false', 'false'],
  ['an object', object, { a: 1, b: [true, null] }, { a: 1, b: [true, null] }],
  ['line breaks in a certificate', certificate, 'a\r\n\tb\n', 'a\r\n\tb\n'],
  ['a tab as a delimiter', delimiter, '\t', '\t'],
])('accepts %s', (_, form, given, value) => {
  expect(parsePropertyValue(form, given)).toEqual({ value });
});

test.each<[string, typeof text, Json, RegExp]>([
  ['a number for a text', text, 5, /string/],
  ['an empty text', text, '', /null clears/],
  ['NUL in a text', text, 'a\0b', /control character/],
  ['a line break in a text', text, 'a\nb', /control character/],
  ['DEL in a text', text, 'a\x7fb', /control character/],
  ['a C1 control in a text', text, 'a\x85b', /control character/],
  ['a tab in a text', text, 'a\tb', /control character/],
  ['a line break as a delimiter', delimiter, '\n', /control character/],
  ['NUL in a certificate', certificate, 'a\0', /control character/],
  ['a lone surrogate', text, 'a\ud800', /Unicode/],
  ['a text over the limit', text, 'x'.repeat(65_537), /64 kB/],
  ['a short text that is over the limit in bytes', text, '€'.repeat(22_000), /64 kB/],
  ['a fraction', port, 5432.5, /whole number/],
  ['a number out of range', port, JSON.parse('1e999'), /whole number/],
  ['a number past exact integers', port, 2 ** 53, /whole number/],
  ['a negative number', port, -1, /whole number/],
  ['a signed text', port, '+5432', /whole number/],
  ['a text with blanks', port, ' 5432', /whole number/],
  ['hexadecimal', port, '0x10', /whole number/],
  ['a long row of digits', port, '1'.repeat(21), /whole number/],
  ['an empty number', port, '', /null clears/],
  ['true for a number', port, true, /whole number/],
  ['a list for a number', port, [5432], /whole number/],
  ['1 for true', ssl, 1, /true or false/],
  ['TRUE', ssl, 'TRUE', /true or false/],
  ['an empty flag', ssl, '', /null clears/],
  ['a text for an object', object, '{}', /JSON object/],
  ['a list for an object', object, [], /JSON object/],
  ['an object over the limit', object, { a: 'x'.repeat(65_536) }, /64 kB/],
  ['an object of many levels', object, nested(17), /levels/],
  ['NUL deep in an object', object, { a: [{ b: '\0' }] }, /control character/],
  ['a lone surrogate in a key', object, { '\ud800': 1 }, /Unicode/],
])('refuses %s', (_, form, given, why) => {
  expect(parsePropertyValue(form, given)).toEqual({ why: expect.stringMatching(why) });
});

test('an object of a million levels is refused at once', () => {
  const deep = JSON.parse(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`);
  expect(parsePropertyValue(object, deep)).toHaveProperty('why');
});

describe('for every JSON value', () => {
  const anything = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

  test('what was accepted is accepted again and stays the same', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom(text, port, ssl, object, certificate), (given, form) => {
        const parsed = parsePropertyValue(form, given);
        if ('value' in parsed) expect(parsePropertyValue(form, parsed.value)).toEqual(parsed);
      }),
    );
  });

  test('equality ignores the order of keys and nothing else', () => {
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        expect(sameValue(one, structuredClone(one))).toBe(true);
        expect(sameValue(one, other)).toBe(sorted(one) === sorted(other));
      }),
    );
  });
});

const sorted = (value: Json): string =>
  JSON.stringify(value, (_, inner) => {
    if (typeof inner !== 'object' || inner === null) return inner;
    if (Array.isArray(inner)) return ['list', ...inner];
    return ['object', ...Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))].flat();
  });
