import { describe, expect, test } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

describe('the nearest word', () => {
  test('is the one that differs by the fewest letters', () => {
    expect(nearest('MASTERKEY', ['PORT', 'MASTER_KEY', 'TLS_KEY'])).toBe('MASTER_KEY');
    expect(nearest('PROT', ['HOST', 'PORT'])).toBe('PORT');
  });

  test('is nothing when all are far away', () => {
    expect(nearest('WAREHOUSE', ['PORT', 'HOST'])).toBeNull();
    expect(nearest('ANYTHING', [])).toBeNull();
  });
});

describe('the edit distance', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['prot', 'port', 1],
    ['same', 'same', 0],
  ])('of %j and %j is %i', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
    expect(editDistance(to, from)).toBe(distance);
  });
});
