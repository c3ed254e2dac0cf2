import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { CheckStep } from '../model/check.ts';
import type { ClaimedCheck, Store } from '../store/store.ts';

export interface LeaseToKeep {
  readonly claimed: ClaimedCheck;
  readonly store: Pick<Store, 'checks'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseMilliseconds: number;
  readonly heartbeatMilliseconds: number;
  /** The steps so far, stored with each heartbeat. */
  steps(): readonly CheckStep[];
  /** Called once, when another process may own the check from now on. */
  onLost(): void;
}

/**
 * Renews the lease of a claimed check until it is stopped or lost. A lease is lost when the store says so, and also
 * when the store could not be asked for as long as a lease lasts. A wall clock that jumps changes nothing.
 */
export function keepLease(lease: LeaseToKeep): { stop(): void } {
  const { claimed, store, clock, log, leaseMilliseconds, heartbeatMilliseconds } = lease;
  const { name } = claimed.check;
  let stopped = false;
  let beat: NodeJS.Timeout | undefined;
  let expiry: NodeJS.Timeout | undefined;

  const stop = () => {
    stopped = true;
    clearTimeout(beat);
    clearTimeout(expiry);
  };
  const lose = () => {
    if (stopped) return;
    stop();
    lease.onLost();
  };
  const renew = (milliseconds: number) => {
    clearTimeout(expiry);
    expiry = setTimeout(lose, milliseconds);
  };

  async function heartbeat(): Promise<void> {
    const asked = clock.monotonic();
    try {
      const kept = await store.checks.heartbeat({
        name,
        fence: claimed.fence,
        leaseMilliseconds,
        steps: lease.steps(),
      });
      if (stopped) return;
      if (!kept) return lose();
      renew(leaseMilliseconds - (clock.monotonic() - asked));
    } catch (error) {
      log.warn({ check: name, err: error }, 'the lease of a connection check could not be renewed');
    }
    if (!stopped) beat = setTimeout(heartbeat, heartbeatMilliseconds);
  }

  beat = setTimeout(heartbeat, heartbeatMilliseconds);
  renew(leaseMilliseconds);
  return { stop };
}
