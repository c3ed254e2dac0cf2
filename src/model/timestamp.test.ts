import { expect, test } from 'vitest';
import { renderTimestamp } from './timestamp.ts';

test('a time is shown in UTC and whole seconds', () => {
  expect(renderTimestamp(Date.UTC(2018, 1, 6, 15, 36, 36))).toBe('2018-02-06T15:36:36Z');
});

test('a fraction of a second is cut off, never rounded into the future', () => {
  expect(renderTimestamp(Date.UTC(2018, 1, 6, 15, 36, 36, 999))).toBe('2018-02-06T15:36:36Z');
});
