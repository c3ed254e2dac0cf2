import { expect, test } from 'vitest';
import { columnArrays } from './text-arrays.ts';

test('rows become one array for each column, short rows with nulls', () => {
  const rows = [[1, 'a', true], [-(2n ** 63n), null], [-0]];
  expect(columnArrays(rows, ['integer', 'text', 'boolean'])).toEqual([
    ['1', '-9223372036854775808', '-0'],
    ['a', null, null],
    ['true', null, null],
  ]);
});

test.each([
  [0, '1970-01-01T00:00:00.000000Z'],
  [-1, '1969-12-31T23:59:59.999999Z'],
  [1_700_000_000_123_456, '2023-11-14T22:13:20.123456Z'],
])('the timestamp %s is %s', (micros, text) => {
  expect(columnArrays([[micros]], ['timestamp'])).toEqual([[text]]);
});

test.each([253_402_300_800_000_000n, -62_135_596_800_000_000n, 9_224_318_015_999_999_999n])(
  'the timestamp %s has another form, so that its row must be staged',
  (micros) => expect(columnArrays([[0], [micros]], ['timestamp'])).toBeNull(),
);
