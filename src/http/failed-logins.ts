import ipaddr from 'ipaddr.js';
import type { Failure } from '../errors/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { tooManyRequests } from './failures.ts';
import { createWindowLimit } from './window-limit.ts';

/** Slows down whoever guesses tokens or partner secrets, by network address. */
export interface FailedLogins {
  /** @throws {Failure} TooManyRequests while the address has failed too often. */
  refuseIfTooMany(address: string): void;
  /** Counts a failure and gives back what to throw: the failure itself, or TooManyRequests once it was one too many. */
  failed(address: string, failure: Failure): Failure;
}

export function createFailedLogins(options: {
  readonly perMinute: number;
  readonly clock: Clock;
}): FailedLogins {
  const limit = createWindowLimit(options);
  const refusal = (seconds: number): Failure =>
    tooManyRequests('Too many requests with wrong credentials came from your address.', seconds);

  return {
    refuseIfTooMany(address) {
      const seconds = limit.waitFor(networkOf(address));
      if (seconds > 0) throw refusal(seconds);
    },
    failed(address, failure) {
      const seconds = limit.take(networkOf(address));
      return seconds > 0 ? refusal(seconds) : failure;
    },
  };
}

/** An IPv4 address, or the /64 of an IPv6 one: whoever has one address of a /64 has all of them. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString();
}
