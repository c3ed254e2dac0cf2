import { expect, test } from 'vitest';
import { hasMoreBrackets } from './count-brackets.ts';

const hasMore = (text: string, most: number) => hasMoreBrackets(Buffer.from(text), most);

test('objects and arrays are counted, open or closed', () => {
  expect(hasMore('[{},{},[1,2]]', 4)).toBe(false);
  expect(hasMore('[{},{},[1,2]]', 3)).toBe(true);
  expect(hasMore('[[[[', 3)).toBe(true);
});

test('brackets in strings are not', () => {
  const text = '["{[{[\\"{[\\\\",{"[[":"\\\\\\"["}]';
  expect(hasMore(text, 2)).toBe(false);
  expect(hasMore(text, 1)).toBe(true);
});
