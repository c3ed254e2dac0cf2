import type { Log } from '../lib/log.ts';
import type { Store } from '../store/store.ts';

/**
 * Ends running checks of this process that newer settings have overtaken: their result counts for nothing, and the
 * check that stands for them cannot begin before they end.
 */
export interface OvertakenWatch {
  /** Watches a check that has just been claimed; the signal aborts soon after it is overtaken. */
  watch(name: string): { readonly signal: AbortSignal; stop(): void };
}

export interface OvertakenWatchParts {
  readonly store: Pick<Store, 'checks'>;
  readonly log: Log;
  /** As in {@link Store}'s claims. */
  readonly owner: string;
  /**
   * How often the store is asked while something runs. It is also how many checks a burst of updates starts: most of
   * them end by themselves within this time.
   */
  readonly pollMilliseconds: number;
}

export function createOvertakenWatch({
  store,
  log,
  owner,
  pollMilliseconds,
}: OvertakenWatchParts): OvertakenWatch {
  const watched = new Map<string, AbortController>();
  let looking = false;

  async function look(): Promise<void> {
    looking = watched.size > 0;
    if (!looking) return;
    try {
      for (const name of await store.checks.overtaken(owner)) watched.get(name)?.abort();
    } catch (error) {
      log.debug({ err: error }, 'the store did not say which connection checks were overtaken; asking again');
    }
    setTimeout(look, pollMilliseconds);
  }

  return {
    watch(name) {
      const overtaken = new AbortController();
      watched.set(name, overtaken);
      if (!looking) setTimeout(look, pollMilliseconds);
      looking = true;
      return {
        signal: overtaken.signal,
        stop() {
          // The same check may have been claimed again by now.
          if (watched.get(name) === overtaken) watched.delete(name);
        },
      };
    },
  };
}
