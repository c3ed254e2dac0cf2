/** A cache that forgets, once it is full, what was not asked for in a long time. */
export interface BoundedCache<K, V> {
  get(key: K): V | undefined;
  /** An entry that is larger than half the cache is not kept. */
  set(key: K, value: V): void;
  delete(key: K): void;
  clear(): void;
}

/**
 * Keeps two generations: what is asked for moves to the young one, and when that has half the size, the old one is
 * forgotten and the young one grows old. Unlike an order by last use this costs a hit nothing but the look-up.
 * @param options.maxSize of all entries together.
 * @param options.sizeOf size of one entry; 1 each when left out.
 */
export function createBoundedCache<K, V>(options: {
  readonly maxSize: number;
  readonly sizeOf?: (value: V) => number;
}): BoundedCache<K, V> {
  const { maxSize, sizeOf = () => 1 } = options;
  let young = new Map<K, V>();
  let old = new Map<K, V>();
  let youngSize = 0;

  const remove = (key: K): void => {
    const value = young.get(key);
    if (value !== undefined && young.delete(key)) youngSize -= sizeOf(value);
    old.delete(key);
  };

  const add = (key: K, value: V): void => {
    remove(key);
    const size = sizeOf(value);
    if (size > maxSize / 2) return;
    if (youngSize + size > maxSize / 2) {
      old = young;
      young = new Map();
      youngSize = 0;
    }
    young.set(key, value);
    youngSize += size;
  };

  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const older = old.get(key);
      if (older !== undefined) add(key, older);
      return older;
    },
    set: add,
    delete: remove,
    clear() {
      young.clear();
      old.clear();
      youngSize = 0;
    },
  };
}
