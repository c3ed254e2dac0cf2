import type { Topic } from './operation.ts';

/** Who wants to hear of what. */
export interface Listeners {
  add(topic: Topic, listener: () => void): () => void;
  call(topics: Iterable<Topic>): void;
}

export function createListeners(): Listeners {
  const byTopic = new Map<Topic, Set<() => void>>();
  return {
    add(topic, listener) {
      const set = byTopic.get(topic) ?? new Set();
      byTopic.set(topic, set);
      // Wrapped, so that a function that was added twice is called twice and removed once.
      const entry = () => listener();
      set.add(entry);
      return () => void set.delete(entry);
    },
    call(topics) {
      for (const topic of topics) for (const listener of byTopic.get(topic) ?? []) listener();
    },
  };
}
