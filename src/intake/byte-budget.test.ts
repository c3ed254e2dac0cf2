import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ByteBudgetOptions, createByteBudget } from './byte-budget.ts';

const aBudget = (options: Partial<ByteBudgetOptions> = {}) =>
  createByteBudget({
    bytes: 100,
    accountBytes: 100,
    waitMilliseconds: 1_000,
    paceBytes: 100,
    graceMilliseconds: 200,
    ...options,
  });

test('gives room until it is used up, and again once it was released', async () => {
  const budget = aBudget();
  const first = await budget.reserve(60, 1);
  await budget.reserve(40, 1);
  let admitted = false;
  const waiting = budget.reserve(50, 1).then((reservation) => {
    admitted = true;
    return reservation;
  });
  await Promise.resolve();
  expect(admitted).toBe(false);
  first[Symbol.dispose]();
  await waiting;
  expect(budget.taken).toBe(90);
});

test('releases once, however often it is asked to', async () => {
  const budget = aBudget();
  const reservation = await budget.reserve(60, 1);
  reservation[Symbol.dispose]();
  reservation[Symbol.dispose]();
  expect(budget.taken).toBe(0);
});

test('serves those of an account who came first, so that a large body is not passed by small ones for ever', async () => {
  const budget = aBudget();
  const held = await budget.reserve(60, 1);
  const order: string[] = [];
  const large = budget.reserve(90, 1).then(() => order.push('large'));
  const small = budget.reserve(10, 1).then(() => order.push('small'));
  held[Symbol.dispose]();
  await Promise.all([large, small]);
  expect(order).toEqual(['large', 'small']);
});

test('refuses when there was no room in time, and lets smaller ones behind it go on', async () => {
  vi.useFakeTimers();
  try {
    const budget = aBudget();
    await budget.reserve(60, 1);
    const large = expect(budget.reserve(90, 1)).rejects.toMatchObject({ code: 'Overloaded' });
    await vi.advanceTimersByTimeAsync(500);
    const small = budget.reserve(40, 1);
    await vi.advanceTimersByTimeAsync(500);
    await large;
    await small;
    expect(budget.taken).toBe(100);
  } finally {
    vi.useRealTimers();
  }
});

test('refuses at once what can never fit', async () => {
  await expect(aBudget().reserve(101, 1)).rejects.toMatchObject({ code: 'Overloaded' });
});

test('a reservation grows only as far as there is room, and shrinks always', async () => {
  const budget = aBudget();
  const other = await budget.reserve(50, 1);
  const growing = await budget.reserve(10, 1);
  expect(growing.resize(50)).toBe(true);
  expect(growing.resize(51)).toBe(false);
  expect(budget.taken).toBe(100);
  other[Symbol.dispose]();
  expect(growing.resize(51)).toBe(true);
  expect(growing.resize(1)).toBe(true);
  expect(budget.taken).toBe(1);
});

test('an account has no more than its share, and waits for itself only', async () => {
  const budget = aBudget({ accountBytes: 60 });
  const first = await budget.reserve(50, 1);
  const order: number[] = [];
  const waiting = budget.reserve(20, 1).then(() => order.push(1));
  await budget.reserve(50, 2).then(() => order.push(2));
  expect(first.resize(61)).toBe(false);
  expect(first.resize(30)).toBe(true);
  await waiting;
  expect(order).toEqual([2, 1]);
  await expect(budget.reserve(61, 3)).rejects.toMatchObject({ code: 'Overloaded' });
});

test('accounts are served in turn, however many requests one of them has', async () => {
  const budget = aBudget();
  const held = await budget.reserve(100, 1);
  const order: number[] = [];
  const waiting = [1, 1, 1, 2, 3].map(async (account) => {
    using reservation = await budget.reserve(100, account);
    order.push(account);
    return reservation;
  });
  held[Symbol.dispose]();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3, 1, 1]);
});

describe('a body that comes too slowly', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('gives up its room when somebody waits for it, the largest first', async () => {
    const budget = aBudget();
    const [small, large] = [await budget.reserve(40, 1), await budget.reserve(60, 1)];
    await vi.advanceTimersByTimeAsync(5_000);
    expect(large.signal.aborted).toBe(false);
    large.signal.addEventListener('abort', () => large[Symbol.dispose]());
    const other = budget.reserve(30, 2);
    await vi.advanceTimersByTimeAsync(150);
    await other;
    expect(large.signal.reason).toMatchObject({ code: 'Overloaded' });
    expect(small.signal.aborted).toBe(false);
  });

  test('keeps it while it is on time, and when all of it is there', async () => {
    const budget = aBudget({ waitMilliseconds: 10_000 });
    const [steady, done] = [await budget.reserve(40, 1), await budget.reserve(60, 1)];
    done.complete();
    const other = budget.reserve(30, 2);
    // A hundred bytes a second, and a fifth of a second as a present.
    for (let arrived = 50; arrived <= 500; arrived += 50) {
      steady.arrived(arrived);
      await vi.advanceTimersByTimeAsync(500);
    }
    expect([steady, done].map(({ signal }) => signal.aborted)).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([steady, done].map(({ signal }) => signal.aborted)).toEqual([true, false]);
    steady[Symbol.dispose]();
    await other;
  });

  test('keeps it when giving it up would help nobody', async () => {
    const budget = aBudget({ accountBytes: 50 });
    const slow = await budget.reserve(40, 1);
    const busy = await budget.reserve(50, 2);
    busy.complete();
    const waiting = budget.reserve(50, 2);
    await vi.advanceTimersByTimeAsync(900);
    expect(slow.signal.aborted).toBe(false);
    busy[Symbol.dispose]();
    await waiting;
  });
});
