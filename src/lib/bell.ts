/** Wakes one loop, from anywhere. Rings while nobody waits are kept for the next wait; many count as one. */
export interface Bell {
  ring(): void;
  /** Resolves at a ring, after so many milliseconds at the latest. True: it rang. One wait at a time. */
  wait(milliseconds: number): Promise<boolean>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;

  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(milliseconds) {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, milliseconds);
        wake = resolve;
        await promise;
        clearTimeout(timer);
        wake = undefined;
      }
      const hasRung = rung;
      rung = false;
      return hasRung;
    },
  };
}
