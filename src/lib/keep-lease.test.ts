import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from './clock.ts';
import { keepLease } from './keep-lease.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function aLease(renew: () => Promise<boolean>) {
  const told = { lost: 0, troubles: 0 };
  const lease = keepLease({
    clock: systemClock,
    leaseMilliseconds: 1_000,
    heartbeatMilliseconds: 300,
    renew,
    onLost: () => (told.lost += 1),
    onTrouble: () => (told.troubles += 1),
  });
  return { told, lease };
}

test('a lease that is renewed is kept', async () => {
  const renew = vi.fn(async () => true);
  const { told } = aLease(renew);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual({ lost: 0, troubles: 0 });
  expect(renew.mock.calls.length).toBeGreaterThan(30);
});

test('a lease that somebody else has is lost, once', async () => {
  const { told } = aLease(async () => false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told.lost).toBe(1);
});

test('a lease that cannot be renewed is lost when it has run out, and not before', async () => {
  const { told } = aLease(async () => {
    throw new Error('the store is away');
  });
  await vi.advanceTimersByTimeAsync(999);
  expect(told).toEqual({ lost: 0, troubles: 3 });
  await vi.advanceTimersByTimeAsync(1);
  expect(told.lost).toBe(1);
});

test('a lease outlives a renewal that fails in between', async () => {
  let calls = 0;
  const { told } = aLease(async () => {
    calls += 1;
    if (calls % 2 === 1) throw new Error('the store is away');
    return true;
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told.lost).toBe(0);
});

test('a lease that is not wanted any more is not lost', async () => {
  const { told, lease } = aLease(async () => false);
  lease.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told.lost).toBe(0);
});
