/** A cache that forgets what was not asked for longest once its entries together are larger than it may be. */
export interface BoundedCache<K, V> {
  get(key: K): V | undefined;
  /** An entry that is larger than the whole cache is not kept. */
  set(key: K, value: V): void;
  delete(key: K): void;
  clear(): void;
  /** Of all entries together, in the unit of `sizeOf`. */
  readonly size: number;
}

/** @param options.sizeOf size of one entry; 1 each when left out. */
export function createBoundedCache<K, V>(options: {
  readonly maxSize: number;
  readonly sizeOf?: (value: V) => number;
}): BoundedCache<K, V> {
  const { maxSize, sizeOf = () => 1 } = options;
  // A Map keeps the order of insertion: the first key is the one that was not touched longest.
  const entries = new Map<K, V>();
  let size = 0;

  const remove = (key: K): void => {
    const value = entries.get(key);
    if (value === undefined || !entries.delete(key)) return;
    size -= sizeOf(value);
  };

  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      remove(key);
      const added = sizeOf(value);
      if (added > maxSize) return;
      entries.set(key, value);
      size += added;
      for (const oldest of entries.keys()) {
        if (size <= maxSize) return;
        remove(oldest);
      }
    },
    delete: remove,
    clear() {
      entries.clear();
      size = 0;
    },
    get size() {
      return size;
    },
  };
}
