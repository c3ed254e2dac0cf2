import type { Clock } from '../lib/clock.ts';
import { keepLease } from '../lib/keep-lease.ts';
import type { Log } from '../lib/log.ts';
import type { CheckStep } from '../model/check.ts';
import type { ClaimedCheck, Store } from '../store/store.ts';

export interface ClaimToKeep {
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

/** Renews the lease of a claimed check, and stores its steps, until it is stopped or lost. */
export function keepClaim({ claimed, store, log, steps, ...lease }: ClaimToKeep): { stop(): void } {
  const { fence, check } = claimed;
  const { leaseMilliseconds } = lease;
  return keepLease({
    ...lease,
    renew: () => store.checks.heartbeat({ name: check.name, fence, leaseMilliseconds, steps: steps() }),
    onTrouble: (error) =>
      log.warn({ check: check.name, err: error }, 'the lease of a connection check could not be renewed'),
  });
}
