import { lookup as systemLookup } from 'node:dns/promises';
import { canonicalAddress, parseHost } from './address.ts';
import { NetworkError, type Resolved } from './network.ts';
import { orAbort } from './or-abort.ts';

/** All addresses of a name. Rejects with an `Error` that has a `code` such as `ENOTFOUND`. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** Asks the system's resolver, hosts file and search domains included. */
export const lookupInSystem: Lookup = async (name) => {
  const answers = await systemLookup(name, { all: true });
  return answers.map(({ address }) => address);
};

/**
 * Finds the addresses of a host with one question; see {@link Network.resolve}. An answer that holds something other
 * than addresses counts as none.
 */
export async function resolveHost(host: string, lookup: Lookup, signal: AbortSignal): Promise<Resolved> {
  const parsed = parseHost(host);
  if (parsed.kind === 'address') return { host, addresses: [parsed.address] };
  const facts = { host };
  if (parsed.kind === 'unusable')
    throw new NetworkError('unresolvable', `The host ${JSON.stringify(host)} ${parsed.why}.`, { facts });

  const answers = await orAbort(ask(parsed.name, lookup, facts), signal, {
    message: `The name "${host}" was not resolved in time.`,
    facts,
  });
  const addresses = answers.map(canonicalAddress);
  if (addresses.length === 0 || !addresses.every((address) => address !== null))
    throw new NetworkError('unresolvable', `The name "${host}" has no address.`, { facts });
  const unique = [...new Set(addresses)];
  return { host, addresses: [...unique.filter(isIpv4), ...unique.filter((address) => !isIpv4(address))] };
}

async function ask(name: string, lookup: Lookup, facts: { host: string }): Promise<readonly string[]> {
  try {
    return await lookup(name);
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code ?? 'unknown');
    const message =
      code === 'EAI_AGAIN' || code === 'ETIMEOUT' || code === 'ESERVFAIL'
        ? `The name servers did not answer the question for "${facts.host}" (${code}).`
        : `The name "${facts.host}" has no address (${code}).`;
    throw new NetworkError('unresolvable', message, { facts: { ...facts, code }, cause });
  }
}

const isIpv4 = (address: string): boolean => !address.includes(':');
