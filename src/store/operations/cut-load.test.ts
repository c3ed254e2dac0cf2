import { expect, test } from 'vitest';
import { cutLoad } from './cut-load.ts';

const batches = (...sizes: number[]) => sizes.map((raw_bytes) => ({ raw_bytes, load_group: '' }));
const roomy = { maxBytes: 1_000, maxBatches: 100 };

test('a load takes what is there', () => {
  expect(cutLoad(batches(1, 2, 3), roomy)).toEqual(batches(1, 2, 3));
  expect(cutLoad([], roomy)).toEqual([]);
});

test('a load ends before it has more bytes or batches than allowed', () => {
  expect(cutLoad(batches(400, 600, 1), roomy)).toEqual(batches(400, 600));
  expect(cutLoad(batches(400, 601, 1), roomy)).toEqual(batches(400));
  expect(cutLoad(batches(1, 1, 1), { ...roomy, maxBatches: 2 })).toEqual(batches(1, 1));
});

test('a load has at least one batch, however large', () => {
  expect(cutLoad(batches(5_000, 1), roomy)).toEqual(batches(5_000));
});

test('a load ends where another group begins', () => {
  const [one, two] = [
    { raw_bytes: 1, load_group: 'one' },
    { raw_bytes: 1, load_group: 'two' },
  ];
  expect(cutLoad([one, one, two, one], roomy)).toEqual([one, one]);
});
