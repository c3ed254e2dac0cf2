import type { Clock } from '../lib/clock.ts';
import type { Check } from '../model/check.ts';
import type { Store } from '../store/store.ts';

/** Waits for checks to end, whichever process runs them. */
export interface Waiting {
  /** As {@link Checks.wait}. */
  wait(accountId: number, name: string, milliseconds: number): Promise<Check | null>;
  /** A check of this process has ended: look at once. */
  wake(name: string): void;
  /** Every wait answers at once with the state reached, from now on. */
  close(): void;
}

export interface WaitingParts {
  readonly store: Pick<Store, 'checks'>;
  readonly clock: Clock;
  /** How long a check that ends in another process may go unnoticed. */
  readonly pollMilliseconds: number;
}

export function createWaiting({ store, clock, pollMilliseconds }: WaitingParts): Waiting {
  const naps = new Map<string, Set<() => void>>();
  let closed = false;

  /** Begins before the store is read, so that an end that falls between the read and the nap is not slept over. */
  function startNap(
    destination: string,
    milliseconds: number,
  ): { readonly over: Promise<void>; end(): void } {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const end = () => {
      clearTimeout(timer);
      const others = naps.get(destination);
      others?.delete(end);
      if (others?.size === 0) naps.delete(destination);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    naps.set(destination, (naps.get(destination) ?? new Set()).add(end));
    return { over, end };
  }

  const endNaps = (of: Iterable<() => void>) => {
    for (const end of [...of]) end();
  };

  return {
    async wait(accountId, name, milliseconds) {
      const deadline = clock.monotonic() + milliseconds;
      for (;;) {
        const left = Math.max(0, deadline - clock.monotonic());
        const nap = startNap(destinationPart(name), Math.min(pollMilliseconds, left));
        try {
          const check = await store.checks.get(accountId, name);
          if (check === null || hasEnded(check) || left === 0 || closed) return check;
          await nap.over;
        } finally {
          nap.end();
        }
      }
    },
    wake(name) {
      endNaps(naps.get(destinationPart(name)) ?? []);
    },
    close() {
      closed = true;
      for (const sleepers of [...naps.values()]) endNaps(sleepers);
    },
  };
}

const hasEnded = ({ status }: Check): boolean => status !== 'waiting' && status !== 'running';

/**
 * `{account}.{destination}` of a job name. An overtaken check ends with the one that supersedes it, which is always
 * one of the same destination: so whoever waits for one wakes for all of them.
 */
const destinationPart = (name: string): string => name.split('.check.', 1)[0] ?? name;
