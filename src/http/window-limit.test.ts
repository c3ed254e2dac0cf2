import { expect, test } from 'vitest';
import { createWindowLimit } from './window-limit.ts';

const clockAt = (start: number) => {
  let time = start;
  return {
    now: () => time,
    monotonic: () => time,
    advance: (milliseconds: number) => (time += milliseconds),
  };
};

test('lets a key through until its minute is used up, and says how long to wait', () => {
  const clock = clockAt(61_000);
  const limit = createWindowLimit({ perMinute: 2, clock });
  expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 59]);
  expect(limit.take('b')).toBe(0);
  clock.advance(59_000);
  expect(limit.take('a')).toBe(0);
});

test('asks without counting', () => {
  const limit = createWindowLimit({ perMinute: 1, clock: clockAt(0) });
  expect([limit.waitFor('a'), limit.waitFor('a'), limit.take('a')]).toEqual([0, 0, 0]);
  expect(limit.waitFor('a')).toBe(60);
});

test('no limit is no limit', () => {
  const limit = createWindowLimit({ perMinute: null, clock: clockAt(0) });
  expect(Array.from({ length: 1000 }, () => limit.take('a')).every((seconds) => seconds === 0)).toBe(true);
});
