import { describe, expect, test } from 'vitest';
import { type Backoff, delayAfter } from './backoff.ts';

const backoff: Backoff = {
  firstMilliseconds: 1_000,
  mostMilliseconds: 60_000,
  refusalsBeforeProbes: 5,
  probeMilliseconds: 300_000,
};
const delays = (kind: 'passing' | 'refused' | 'blocked', failures: number[], random = 0) =>
  failures.map((count) => delayAfter(kind, count, random, backoff) / 1_000);

describe('the delay after failures', () => {
  test('doubles from one second to one minute', () =>
    expect(delays('passing', [1, 2, 3, 4, 5, 6, 7, 8, 5_000])).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]));

  test('is up to a quarter shorter by chance', () => {
    expect(delays('passing', [1, 7], 1)).toEqual([0.75, 45]);
    expect(delays('passing', [1, 7], 0.5)).toEqual([0.875, 52.5]);
  });

  test('is five minutes from the fifth refusal on, and never less', () => {
    expect(delays('refused', [1, 4, 5, 6, 100])).toEqual([1, 8, 300, 300, 300]);
    expect(delays('refused', [5], 1)).toEqual([337.5]);
  });

  test('is no longer where somebody has to act: it is seen soon that somebody did', () =>
    expect(delays('blocked', [1, 2, 100])).toEqual([1, 2, 60]));
});
