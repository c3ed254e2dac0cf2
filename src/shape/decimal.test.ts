import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fitsDouble,
  fitsNumeric,
  isPowerOfTen,
  isWhole,
  parseDecimal,
  renderDecimal,
  toInt64,
} from './decimal.ts';

const double = (text: string) => fitsDouble(parseDecimal(text), text);

test.each([
  '0',
  '-0',
  '0.0',
  '3.14',
  '1e300',
  '1.7976931348623157e308',
  '5e-324',
  '0.12345678901234567',
  '1234567.8901234567',
  '9007199254740992',
  '-9007199254740992',
  '1.5e300',
])('a double keeps %s', (text) => {
  expect(double(text)).toBe(true);
});

test.each([
  ['has 18 digits', '0.123456789012345678'],
  ['is an integer beyond 2^53', '9007199254740993'],
  ['is an integer beyond 2^53 that a double could hold', '10000000000000000'],
  ['is an integer beyond 2^53, written with a fraction', '9007199254740993.0'],
  ['is an integer beyond 2^53, written with an exponent', '9.007199254740993e15'],
  ['would be infinite', '1e400'],
  ['would be zero', '1e-400'],
  ['would lose digits near zero', '1.2345678e-320'],
])('a number that %s is no double: %s', (_, text) => {
  expect(double(text)).toBe(false);
});

describe('whole numbers', () => {
  test.each([
    ['3.0', 3],
    ['1e2', 100],
    ['-0', 0],
    ['0e9', 0],
    ['100e-2', 1],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
  ])('%s is whole', (text, expected) => {
    expect(isWhole(parseDecimal(text))).toBe(true);
    expect(toInt64(parseDecimal(text))).toBe(expected);
  });

  test.each(['9223372036854775808', '-9223372036854775809', '1e400', `1${'0'.repeat(500)}`])(
    '%s is beyond int64',
    (text) => {
      expect(toInt64(parseDecimal(text))).toBeNull();
    },
  );

  test('3.5 is not', () => expect(isWhole(parseDecimal('3.5'))).toBe(false));
});

test.each(['1', '10', '1000', '0.1', '0.01', '1e-38', '0.010', '1E5'])('%s is a power of ten', (text) => {
  expect(isPowerOfTen(text)).toBe(true);
});
test.each(['0', '2', '0.25', '-0.1', '5e-1', '11'])('%s is no power of ten', (text) => {
  expect(isPowerOfTen(text)).toBe(false);
});

test('a numeric type holds so many digits before and after the point', () => {
  const range = { integerDigits: 3, fractionDigits: 2 };
  const fits = (text: string) => fitsNumeric(parseDecimal(text), range);
  expect(['999', '999.99', '0.01', '0', '1e2', '1.10', '0.0100'].filter((text) => !fits(text))).toEqual([]);
  expect(['1000', '0.001', '1e3', '1e99999999999', '1e-99999999999'].filter(fits)).toEqual([]);
});

test('rendering keeps the value', () => {
  const number = fc.tuple(fc.bigInt(), fc.nat(30)).map(([digits, scale]) => `${digits}e-${scale}`);
  fc.assert(
    fc.property(number, (text) => {
      const again = parseDecimal(renderDecimal(parseDecimal(text)));
      const { isIntegerToken: _, ...value } = parseDecimal(text);
      expect(again).toMatchObject(again.digits === '' ? { digits: '' } : value);
    }),
  );
});
