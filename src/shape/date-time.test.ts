import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDateTime } from './date-time.ts';

const micros = (iso: string, extra = 0) => Date.parse(iso) * 1000 + extra;

describe('a date-time', () => {
  test.each([
    ['2019-01-31T15:51:50Z', micros('2019-01-31T15:51:50Z')],
    ['2019-01-31T15:51:50', micros('2019-01-31T15:51:50Z')],
    ['2019-01-31 15:51:50', micros('2019-01-31T15:51:50Z')],
    ['2019-01-31t15:51:50z', micros('2019-01-31T15:51:50Z')],
    ['2019-01-31T15:51Z', micros('2019-01-31T15:51:00Z')],
    ['2019-01-31T15:51:50+01', micros('2019-01-31T14:51:50Z')],
    ['2019-01-31T15:51:50+0130', micros('2019-01-31T14:21:50Z')],
    ['2019-01-31T15:51:50-01:30', micros('2019-01-31T17:21:50Z')],
    ['2019-01-31T15:51:50+0000', micros('2019-01-31T15:51:50Z')],
    ['2019-01-31T15:51+05:00', micros('2019-01-31T10:51:00Z')],
    ['2019-01-31T15:51:50.1Z', micros('2019-01-31T15:51:50.100Z')],
    ['2019-01-31T15:51:50,5', micros('2019-01-31T15:51:50.500Z')],
    ['2019-01-31T15:51:50.215998Z', micros('2019-01-31T15:51:50Z', 215_998)],
    ['2019-01-31T15:51:50.123456789Z', micros('2019-01-31T15:51:50Z', 123_456)],
    ['1969-12-31T23:59:59.999999999Z', -1],
    ['2020-02-29T00:00:00Z', micros('2020-02-29T00:00:00Z')],
    ['2000-02-29T00:00:00Z', micros('2000-02-29T00:00:00Z')],
    ['0000-01-01T00:00:00Z', -62_167_219_200_000_000n],
    ['-4712-01-01T00:00:00Z', -210_863_520_000_000_000n],
    ['294276-12-31T23:59:59.999999Z', 9_224_318_015_999_999_999n],
    ['+294277-01-01T00:00:00Z', 9_224_318_016_000_000_000n],
  ])('%s is read', (text, expected) => {
    expect(parseDateTime(text)).toBe(expected);
  });

  test.each([
    '',
    'yesterday',
    '2019-01-31',
    '20190131T155150Z',
    '2019-02-30T00:00:00Z',
    '2019-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2019-13-01T00:00:00Z',
    '2019-00-01T00:00:00Z',
    '2019-01-00T00:00:00Z',
    '2019-01-31T24:00:00Z',
    '2019-01-31T23:60:00Z',
    '2016-12-31T23:59:60Z',
    '2019-01-31T15:51:50.Z',
    '2019-01-31T15:51:50.1234567890Z',
    '2019-01-31T15:51.5Z',
    '2019-01-31T15:51:50+1',
    '2019-01-31T15:51:50+24',
    '2019-01-31T15:51:50+01:60',
    '2019-01-31T15:51:50+01:',
    '2019-01-31T15:51:50 UTC',
    '2019-01-31T15:51:50ZZ',
    '2019-01-31T15:51:50Z ',
    ' 2019-01-31T15:51:50Z',
    '2019-1-31T15:51:50Z',
    '201a-01-31T15:51:50Z',
    '2019-01-3１T15:51:50Z',
    '9999999-01-01T00:00:00Z',
  ])('%j cannot be parsed', (text) => {
    expect(parseDateTime(text)).toBeNull();
  });

  test('is what the calendar says, for every day of the years that Date knows', () => {
    const latest = 253_402_300_799_999;
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: latest }), (milliseconds) => {
        const text = new Date(milliseconds).toISOString();
        expect(Number(parseDateTime(text))).toBe(milliseconds * 1000);
      }),
    );
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseDateTime(text)));
    const near = fc.stringMatching(
      /^[+-]?\d{3,7}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?([.,]\d{0,11})?(Z|[+-]\d{1,4})?$/,
    );
    fc.assert(fc.property(near, (text) => void parseDateTime(text)));
  });
});
