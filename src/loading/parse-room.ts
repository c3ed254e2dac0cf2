/** Bounds how many bytes of bodies are parsed at one time, first come, first served. */
export interface ParseRoom {
  /** Resolves when there is room; a body that is larger than all of it waits until it is alone. @throws the signal's reason. */
  enter(bytes: number, signal: AbortSignal): Promise<Disposable>;
}

/** Bodies up to this size never wait: they are too many to matter, and must not queue behind large ones. */
const SMALL_BYTES = 256 * 1024;

export function createParseRoom({ bytes: limit }: { readonly bytes: number }): ParseRoom {
  let taken = 0;
  const queue = new Set<{ readonly bytes: number; admit(): void }>();

  function admitWaiting(): void {
    for (const waiting of queue) {
      if (taken > 0 && taken + waiting.bytes > limit) return;
      queue.delete(waiting);
      taken += waiting.bytes;
      waiting.admit();
    }
  }

  function leaveOnce(bytes: number): Disposable {
    let left = false;
    return {
      [Symbol.dispose]() {
        if (left) return;
        left = true;
        taken -= bytes;
        admitWaiting();
      },
    };
  }

  return {
    async enter(bytes, signal) {
      signal.throwIfAborted();
      if (bytes <= SMALL_BYTES) return { [Symbol.dispose]() {} };
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const waiting = { bytes, admit: resolve };
      const giveUp = () => {
        if (queue.delete(waiting)) reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      queue.add(waiting);
      admitWaiting();
      await promise.finally(() => signal.removeEventListener('abort', giveUp));
      return leaveOnce(bytes);
    },
  };
}
