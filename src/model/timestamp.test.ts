import { expect, test } from 'vitest';
import { parseTimestamp, renderTimestamp, renderTimestampOrNull } from './timestamp.ts';

test('a time is shown in UTC and whole seconds', () => {
  expect(renderTimestamp(Date.UTC(2018, 1, 6, 15, 36, 36))).toBe('2018-02-06T15:36:36Z');
});

test('a fraction of a second is cut off, never rounded into the future', () => {
  expect(renderTimestamp(Date.UTC(2018, 1, 6, 15, 36, 36, 999))).toBe('2018-02-06T15:36:36Z');
});

test.each([
  ['2019-06-01T00:00:00Z', '2019-06-01T00:00:00Z'],
  ['2019-06-01t12:30:00.123456z', '2019-06-01T12:30:00Z'],
  ['2019-06-01T02:00:00+02:00', '2019-06-01T00:00:00Z'],
  ['2019-06-01T02:00:00+0200', '2019-06-01T00:00:00Z'],
  ['2019-06-01 02:00:00-02', '2019-06-01T04:00:00Z'],
  ['2019-06-01T02:00', '2019-06-01T02:00:00Z'],
  ['2019-06-01', '2019-06-01T00:00:00Z'],
])('%s is the time %s', (text, time) => {
  expect(renderTimestampOrNull(parseTimestamp(text))).toBe(time);
});

test.each([
  '',
  'now',
  '2019',
  '1559347200',
  '2019-13-01',
  '2019-06-01T25:00:00Z',
  '2019-06-01Z',
  '01/06/2019',
])('%j is no time', (text) => {
  expect(parseTimestamp(text)).toBeNull();
});
