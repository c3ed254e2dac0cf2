import { expect, test, vi } from 'vitest';
import { createByteBudget } from './byte-budget.ts';

const aBudget = () => createByteBudget({ bytes: 100, waitMilliseconds: 1_000 });

test('gives room until it is used up, and again once it was released', async () => {
  const budget = aBudget();
  const first = await budget.reserve(60);
  await budget.reserve(40);
  let admitted = false;
  const waiting = budget.reserve(50).then((reservation) => {
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
  const reservation = await budget.reserve(60);
  reservation[Symbol.dispose]();
  reservation[Symbol.dispose]();
  expect(budget.taken).toBe(0);
});

test('serves those who came first, so that a large body is not passed by small ones for ever', async () => {
  const budget = aBudget();
  const held = await budget.reserve(60);
  const order: string[] = [];
  const large = budget.reserve(90).then(() => order.push('large'));
  const small = budget.reserve(10).then(() => order.push('small'));
  held[Symbol.dispose]();
  await Promise.all([large, small]);
  expect(order).toEqual(['large', 'small']);
});

test('refuses when there was no room in time, and lets smaller ones behind it go on', async () => {
  vi.useFakeTimers();
  try {
    const budget = aBudget();
    await budget.reserve(60);
    const large = expect(budget.reserve(90)).rejects.toMatchObject({ code: 'Overloaded' });
    await vi.advanceTimersByTimeAsync(500);
    const small = budget.reserve(40);
    await vi.advanceTimersByTimeAsync(500);
    await large;
    await small;
    expect(budget.taken).toBe(100);
  } finally {
    vi.useRealTimers();
  }
});

test('refuses at once what can never fit', async () => {
  await expect(aBudget().reserve(101)).rejects.toMatchObject({ code: 'Overloaded' });
});

test('a reservation grows only as far as there is room, and shrinks always', async () => {
  const budget = aBudget();
  const other = await budget.reserve(50);
  const growing = await budget.reserve(10);
  expect(growing.resize(50)).toBe(true);
  expect(growing.resize(51)).toBe(false);
  expect(budget.taken).toBe(100);
  other[Symbol.dispose]();
  expect(growing.resize(51)).toBe(true);
  expect(growing.resize(1)).toBe(true);
  expect(budget.taken).toBe(1);
});
