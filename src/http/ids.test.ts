import { expect, test } from 'vitest';
import { parseId } from './ids.ts';

test('takes a positive integer in its plain form', () => {
  expect(parseId('86741')).toBe(86741);
  expect(parseId('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
});

test.each([
  undefined,
  '',
  '0',
  '-1',
  '+1',
  '01',
  '1.0',
  '1e3',
  '0x10',
  ' 1',
  '1 ',
  '1\n',
  '١',
  '１',
  '1\0',
  '1/2',
  'abc',
  '1a',
  'NaN',
  'Infinity',
  '__proto__',
  '9007199254740992',
  '9999999999999999',
  '12345678901234567890',
])('%j is no id', (text) => {
  expect(parseId(text)).toBeNull();
});
