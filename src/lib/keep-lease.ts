import type { Clock } from './clock.ts';

export interface LeaseToKeep {
  readonly clock: Clock;
  readonly leaseMilliseconds: number;
  readonly heartbeatMilliseconds: number;
  /** Asks for the lease once more. False: it is somebody else's. May throw when it cannot be asked for now. */
  renew(): Promise<boolean>;
  /** Called once, when somebody else may own the work from now on. */
  onLost(): void;
  /** `renew` threw; it is tried again. */
  onTrouble(error: unknown): void;
}

/**
 * Renews a lease that begins now, until it is stopped or lost. A lease is lost when `renew` says so, and also when it
 * could not be asked for as long as a lease lasts. A wall clock that jumps changes nothing.
 */
export function keepLease(lease: LeaseToKeep): { stop(): void } {
  const { clock, leaseMilliseconds, heartbeatMilliseconds } = lease;
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
  const expireAfter = (milliseconds: number) => {
    clearTimeout(expiry);
    expiry = setTimeout(lose, milliseconds);
  };

  async function heartbeat(): Promise<void> {
    const asked = clock.monotonic();
    try {
      const kept = await lease.renew();
      if (stopped) return;
      if (!kept) return lose();
      expireAfter(leaseMilliseconds - (clock.monotonic() - asked));
    } catch (error) {
      lease.onTrouble(error);
    }
    if (!stopped) beat = setTimeout(heartbeat, heartbeatMilliseconds);
  }

  beat = setTimeout(heartbeat, heartbeatMilliseconds);
  expireAfter(leaseMilliseconds);
  return { stop };
}
