import { expect, test } from 'vitest';
import { createBoundedCache } from './bounded-cache.ts';

test('forgets what was not asked for longest', () => {
  const cache = createBoundedCache<string, number>({ maxSize: 2 });
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe(1);
  expect(cache.get('c')).toBe(3);
});

test('counts the size of entries, replaced and deleted ones included', () => {
  const cache = createBoundedCache<string, string>({ maxSize: 10, sizeOf: (text) => text.length });
  cache.set('a', 'xxxxxx');
  cache.set('a', 'xxx');
  expect(cache.size).toBe(3);
  cache.set('b', 'xxxxxxx');
  expect(cache.size).toBe(10);
  cache.delete('a');
  cache.delete('a');
  expect(cache.size).toBe(7);
});

test('does not keep what is larger than the whole cache', () => {
  const cache = createBoundedCache<string, string>({ maxSize: 4, sizeOf: (text) => text.length });
  cache.set('a', 'xx');
  cache.set('b', 'xxxxx');
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe('xx');
});
