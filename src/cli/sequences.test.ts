import { expect, test } from 'vitest';
import { createSequences } from './sequences.ts';

test('a sequence is the time in nanoseconds, and always larger than the one before', () => {
  let now = 1_700_000_000_000;
  const next = createSequences({ now: () => now });
  expect(next()).toBe(1_700_000_000_000_000_000n);
  expect(next()).toBe(1_700_000_000_000_000_001n);
  now -= 3_600_000;
  expect(next()).toBe(1_700_000_000_000_000_002n);
  now += 3_600_001;
  expect(next()).toBe(1_700_000_000_001_000_000n);
});

test('the next start goes on above, a millisecond later', () => {
  const before = createSequences({ now: () => 1_700_000_000_000 });
  const last = Array.from({ length: 1000 }, before).at(-1)!;
  expect(createSequences({ now: () => 1_700_000_000_001 })() > last).toBe(true);
});
