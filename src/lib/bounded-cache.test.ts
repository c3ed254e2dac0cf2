import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBoundedCache } from './bounded-cache.ts';

test('keeps what is asked for while the rest goes by', () => {
  const cache = createBoundedCache<string, number>({ maxSize: 4 });
  cache.set('kept', 1);
  for (let number = 0; number < 100; number++) {
    cache.set(`passing ${number}`, number);
    expect(cache.get('kept')).toBe(1);
  }
  expect(cache.get('passing 50')).toBeUndefined();
});

test('does not keep what is larger than half the cache', () => {
  const cache = createBoundedCache<string, string>({ maxSize: 8, sizeOf: (text) => text.length });
  cache.set('a', 'xx');
  cache.set('b', 'xxxxx');
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe('xx');
});

test('never holds more than its size, and never a value that was replaced or deleted', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const step = fc.oneof(
    fc.tuple(fc.constant('set' as const), key, fc.integer({ min: 1, max: 9 })),
    fc.tuple(fc.constantFrom('get' as const, 'delete' as const), key, fc.constant(0)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = createBoundedCache<string, number>({ maxSize: 16, sizeOf: (size) => size });
      const model = new Map<string, number>();
      for (const [what, name, size] of steps) {
        if (what === 'set') {
          cache.set(name, size);
          model.set(name, size);
        } else if (what === 'delete') {
          cache.delete(name);
          model.delete(name);
        } else cache.get(name);
        let held = 0;
        for (const known of ['a', 'b', 'c', 'd', 'e', 'f']) {
          const value = cache.get(known);
          if (value === undefined) continue;
          expect(value).toBe(model.get(known));
          held += value;
        }
        expect(held).toBeLessThanOrEqual(16);
      }
    }),
  );
});
