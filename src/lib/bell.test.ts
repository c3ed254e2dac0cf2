import { expect, test } from 'vitest';
import { createBell } from './bell.ts';

const never = 1_000_000;

test('a ring ends the wait', async () => {
  const bell = createBell();
  const wait = bell.wait(never);
  bell.ring();
  expect(await wait).toBe(true);
});

test('rings while nobody waits are kept, and count as one', async () => {
  const bell = createBell();
  bell.ring();
  bell.ring();
  await bell.wait(never);
  let over = false;
  const second = bell.wait(never).then(() => {
    over = true;
  });
  await Promise.resolve();
  expect(over).toBe(false);
  bell.ring();
  await second;
});

test('a wait ends by itself after its time', async () => {
  expect(await createBell().wait(1)).toBe(false);
});
