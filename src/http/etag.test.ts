import { expect, test } from 'vitest';
import { parseIfMatch, renderEtag } from './etag.ts';

test('a revision is a strong tag', () => {
  expect(renderEtag(7)).toBe('"7"');
  expect(parseIfMatch(renderEtag(7))).toEqual([7]);
});

test.each([
  [undefined, null],
  ['*', '*'],
  [' * ', '*'],
  ['"7", "8"', [7, 8]],
  ['"7","8"', [7, 8]],
  ['W/"7"', []],
  ['W/"7", "9"', [9]],
  ['7', []],
  ['""', []],
  ['"07"', []],
  ['"abc"', []],
  ['"7', []],
  ['"a, b", "7"', [7]],
  ['', []],
])('If-Match: %j names %j', (header, expected) => {
  expect(parseIfMatch(header)).toEqual(expected);
});
