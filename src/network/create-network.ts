import { type Clock, systemClock } from '../lib/clock.ts';
import { dialAddresses } from './dial.ts';
import { type Judged, type Network, NetworkError, type Resolved } from './network.ts';
import { createPolicy } from './policy.ts';
import { type Lookup, lookupInSystem, resolveHost } from './resolve.ts';
import { startTls } from './tls.ts';

export interface NetworkOptions {
  readonly policy: 'private' | 'public';
  /** Addresses and ranges that are allowed in addition; see {@link createPolicy}. */
  readonly allow: readonly string[];
  /** Shown to people, never bound to. */
  readonly egressAddresses: readonly string[];
  /** Where names are looked up; the default is the system's resolver. */
  readonly lookup?: Lookup;
  /** What certificates' dates are compared with. */
  readonly clock?: Clock;
}

/**
 * Makes the way out. Holds no connections itself, so there is nothing to dispose.
 * @throws {Failure} InvalidConfiguration when an entry of `allow` cannot be read.
 */
export function createNetwork(options: NetworkOptions): Network {
  const { lookup = lookupInSystem, clock = systemClock } = options;
  const policy = createPolicy(options);

  function judge({ host, addresses }: Resolved): Judged {
    if (addresses.length === 0 || !addresses.every(policy.allows)) throw blocked(host, policy.name);
    return { host, addresses, judged: true };
  }

  return {
    policy: policy.name,
    egressAddresses: options.egressAddresses,
    resolve: (host, signal) => resolveHost(host, lookup, signal),
    judge,
    // Judged once more, because it costs nothing and makes a forged or altered object useless.
    dial: async (judged, port, signal) => dialAddresses(judge(judged).addresses, port, signal),
    async openTunnel(connection, tunnel) {
      // Loaded with the first tunnel: it takes as much memory as all of HTTP, and most servers open none.
      const { openTunnel } = await import('./ssh-tunnel.ts');
      if (connection.destroyed)
        throw new NetworkError('reset', 'The connection was closed before SSH began.');
      return await openTunnel(connection, tunnel);
    },
    startTls: (connection, tls) => startTls(connection, tls, clock),
  };
}

/** The same text for every address of a kind that a policy refuses: it must not say what a name leads to. */
function blocked(host: string, policy: 'private' | 'public'): NetworkError {
  const why =
    policy === 'public'
      ? 'only addresses of the public internet may be connected to. Whoever runs this server can open private and loopback addresses with BACKSTITCH_NETWORK_ALLOW or, when all its accounts belong to one owner, with BACKSTITCH_NETWORK_POLICY=private.'
      : 'link-local, cloud metadata, multicast, broadcast, unspecified and reserved addresses may not be connected to. Whoever runs this server can open reserved ranges with BACKSTITCH_NETWORK_ALLOW, the others never.';
  return new NetworkError(
    'blocked',
    `The network policy "${policy}" of this server refused the host ${JSON.stringify(host)}: ${why}`,
    { facts: { host, policy } },
  );
}
