import type { Clock } from '../lib/clock.ts';

/** Counts by key within a minute. In this process only: a limit of abuse, not of money. */
export interface WindowLimit {
  /** Counts one. Returns 0 while the limit is kept, otherwise the seconds until the key may try again. */
  take(key: string | number): number;
  /** The same without counting. */
  waitFor(key: string | number): number;
}

const windowMilliseconds = 60_000;
/** Beyond so many keys in a minute nothing new is counted: memory stays bounded under attack. */
const maxKeys = 100_000;

/** @param options.perMinute null: no limit. */
export function createWindowLimit(options: {
  readonly perMinute: number | null;
  readonly clock: Clock;
}): WindowLimit {
  const { perMinute, clock } = options;
  const counts = new Map<string | number, number>();
  let window = -1;

  /** All keys share one window, so the whole map is dropped when it ends. */
  const secondsLeft = (): number => {
    const now = clock.monotonic();
    const current = Math.floor(now / windowMilliseconds);
    if (current !== window) {
      window = current;
      counts.clear();
    }
    return Math.max(1, Math.ceil(((current + 1) * windowMilliseconds - now) / 1000));
  };

  return {
    take(key) {
      if (perMinute === null) return 0;
      const seconds = secondsLeft();
      const count = counts.get(key) ?? 0;
      if (count >= perMinute) return seconds;
      if (count > 0 || counts.size < maxKeys) counts.set(key, count + 1);
      return 0;
    },
    waitFor(key) {
      if (perMinute === null) return 0;
      const seconds = secondsLeft();
      return (counts.get(key) ?? 0) >= perMinute ? seconds : 0;
    },
  };
}
