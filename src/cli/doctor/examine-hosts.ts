import type { Destination } from '../../model/destination.ts';
import { type Network, NetworkError } from '../../network/network.ts';
import type { HostReading } from './examine-egress.ts';

const patience = 5000;

/** Resolves and judges each host that connections of these destinations begin with, once. */
export async function readHosts(
  network: Pick<Network, 'resolve' | 'judge'>,
  destinations: readonly Destination[],
): Promise<HostReading[]> {
  const hosts = new Set(destinations.map(firstHost).filter((host) => host !== null));
  return await Promise.all([...hosts].map((host) => readHost(network, host)));
}

/** Where the connection of a destination begins: at its SSH server, which finds the rest, or at its host. */
function firstHost({ properties }: Destination): string | null {
  const { host, encryption_type, encryption_host } = properties;
  const first = encryption_type === 'ssh' ? encryption_host : host;
  return typeof first === 'string' ? first : null;
}

async function readHost(network: Pick<Network, 'resolve' | 'judge'>, host: string): Promise<HostReading> {
  try {
    network.judge(await network.resolve(host, AbortSignal.timeout(patience)));
    return { host, failure: null };
  } catch (error) {
    if (error instanceof NetworkError) return { host, failure: reasons[error.reason] ?? error.reason };
    throw error;
  }
}

const reasons: Partial<Record<NetworkError['reason'], string>> = {
  unresolvable: 'the name is unknown',
  timeout: 'the resolver does not answer',
  blocked: 'the network policy refuses it',
};
