import { expect, test } from 'vitest';
import { recordPrimaryKey } from './primary-key.ts';

test('is a UUID of version 5', () => {
  expect(recordPrimaryKey('batch', 0)).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test('is the same for the same place in the same batch, in every version of this program', () => {
  expect(recordPrimaryKey('01d5b2c8', 7)).toBe(recordPrimaryKey('01d5b2c8', 7));
  expect(recordPrimaryKey('01d5b2c8', 7)).toBe('691d1e3a-2e49-5433-8ce0-d3e1affec78f');
});

test('differs for another place or batch', () => {
  const keys = ['a', 'b'].flatMap((batch) =>
    [0, 1, 10, 11].map((position) => recordPrimaryKey(batch, position)),
  );
  expect(new Set(keys).size).toBe(8);
});
