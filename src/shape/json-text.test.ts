import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactNumber } from '../lib/exact-number.ts';
import { renderJson } from './json-text.ts';

test('is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(renderJson(value)!)).toEqual(value);
    }),
  );
});

test('keeps every digit', () => {
  expect(renderJson({ a: [new ExactNumber('1.00'), new ExactNumber('9007199254740993'), -0] })).toBe(
    '{"a":[1.00,9007199254740993,-0]}',
  );
});

test('is null for texts that are not well-formed, in values and in keys', () => {
  expect(renderJson(['\ud800'])).toBeNull();
  expect(renderJson({ '\udc00': 1 })).toBeNull();
});

test('shows keys named __proto__', () => {
  expect(renderJson(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}');
});
