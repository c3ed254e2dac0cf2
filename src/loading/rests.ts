import type { LoadFailure } from '../destinations/session.ts';
import type { Clock } from '../lib/clock.ts';
import type { Destination } from '../model/destination.ts';
import { type Backoff, delayAfter } from './backoff.ts';

/**
 * Destinations that could not be reached or refused us. Each rests, with all of its tables, and is then tried by one
 * load; the others wait for what becomes of it. So a destination that is gone takes up one place of the loader, not
 * one for each table, and one that refuses us sees one login, not one for each table.
 */
export interface Rests {
  /** Null: go on, and tell how it went. Else the load has to wait so long, for this reason. */
  ask(destination: Destination): Rest | null;
  /** A load got through to the destination. */
  reached(destination: Destination): void;
  /** A load did not. Returns how long the destination rests. */
  missed(destination: Destination, failure: LoadFailure): number;
  /** A load neither got through nor failed: it was ended from our side. */
  gaveUp(destination: Destination): void;
}

export interface Rest {
  readonly milliseconds: number;
  readonly failure: LoadFailure;
}

export interface RestsParts {
  readonly clock: Clock;
  readonly backoff: Backoff;
  /** From 0 to 1. */
  random(): number;
}

/** How long a load waits for another one that tries the destination. */
const BEHIND_PROBE_MILLISECONDS = 1_000;

interface Trouble {
  readonly failure: LoadFailure;
  readonly failures: number;
  readonly refusals: number;
  /** What was known of the destination then; a change of either ends the rest. */
  readonly revision: number;
  readonly check: string | null;
  /** On the monotonic clock. */
  readonly until: number;
  isProbed: boolean;
}

export function createRests({ clock, backoff, random }: RestsParts): Rests {
  const troubles = new Map<number, Trouble>();

  /** The rest is over before its time: there are new settings, or a check of them succeeded. */
  const isOutdated = (trouble: Trouble, { revision, lastCheck }: Destination): boolean =>
    revision > trouble.revision ||
    (lastCheck !== null && !lastCheck.error && lastCheck.name !== trouble.check);

  return {
    ask(destination) {
      const trouble = troubles.get(destination.id);
      if (trouble === undefined) return null;
      if (isOutdated(trouble, destination)) {
        troubles.delete(destination.id);
        return null;
      }
      const left = trouble.until - clock.monotonic();
      if (left > 0) return { milliseconds: left, failure: trouble.failure };
      if (trouble.isProbed) return { milliseconds: BEHIND_PROBE_MILLISECONDS, failure: trouble.failure };
      trouble.isProbed = true;
      return null;
    },
    reached({ id }) {
      troubles.delete(id);
    },
    missed({ id, revision, lastCheck }, failure) {
      const before = troubles.get(id);
      // Loads that began together fail together: that is one failure.
      if (before !== undefined && !before.isProbed && before.revision === revision)
        return Math.max(0, before.until - clock.monotonic());
      const failures = (before?.failures ?? 0) + 1;
      const refusals = failure.kind === 'refused' ? (before?.refusals ?? 0) + 1 : 0;
      const count = failure.kind === 'refused' ? refusals : failures;
      const milliseconds = delayAfter(failure.kind, count, random(), backoff);
      troubles.set(id, {
        failure,
        failures,
        refusals,
        revision,
        check: lastCheck?.name ?? null,
        until: clock.monotonic() + milliseconds,
        isProbed: false,
      });
      return milliseconds;
    },
    gaveUp({ id }) {
      const trouble = troubles.get(id);
      if (trouble) trouble.isProbed = false;
    },
  };
}
