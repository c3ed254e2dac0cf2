import { expect, test } from 'vitest';
import { steadyTime } from './steady-time.ts';

test('time goes on evenly while the wall clock jumps', () => {
  let wall = 1_700_000_000_000;
  let running = 5_000;
  const now = steadyTime({ now: () => wall, monotonic: () => running });
  expect(now()).toBe(1_700_000_000_000);
  wall -= 3_600_000;
  running += 250;
  expect(now()).toBe(1_700_000_000_250);
  wall += 7_200_000;
  expect(now()).toBe(1_700_000_000_250);
});
