/** Things that wait, taken by turns: one of each key after another, however many one key has; of a key in their order. */
export interface Turns<Item> {
  add(key: unknown, item: Item): void;
  /** False when it is not there any more. */
  remove(key: unknown, item: Item): boolean;
  /** Whose turn it is. @param mayGo keys of whom this is false are passed over, and do not lose their turn. */
  next(mayGo?: (item: Item) => boolean): Turn<Item> | undefined;
  readonly size: number;
}

export interface Turn<Item> {
  readonly key: unknown;
  readonly item: Item;
}

export function createTurns<Item>(): Turns<Item> {
  // A key that had its turn goes to the end.
  const waiting = new Map<unknown, Set<Item>>();
  let size = 0;

  return {
    get size() {
      return size;
    },
    add(key, item) {
      const items = waiting.get(key) ?? new Set();
      waiting.set(key, items.add(item));
      size++;
    },
    remove(key, item) {
      const items = waiting.get(key);
      if (!items?.delete(item)) return false;
      size--;
      waiting.delete(key);
      if (items.size > 0) waiting.set(key, items);
      return true;
    },
    next(mayGo = () => true) {
      for (const [key, items] of waiting) {
        const [item] = items;
        if (item !== undefined && mayGo(item)) return { key, item };
      }
      return undefined;
    },
  };
}
