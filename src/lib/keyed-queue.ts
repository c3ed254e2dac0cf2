/** Runs tasks with the same key one after another, in the order they came; tasks of different keys do not wait. */
interface KeyedQueue {
  /** Settles as the task does; a task that fails does not hold up the next. */
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
}

export function createKeyedQueue(): KeyedQueue {
  const last = new Map<string, Promise<unknown>>();
  return {
    async run(key, task) {
      const mine = (last.get(key) ?? Promise.resolve()).then(task);
      const settled = mine.catch(() => {});
      last.set(key, settled);
      try {
        return await mine;
      } finally {
        if (last.get(key) === settled) last.delete(key);
      }
    },
  };
}
