import ipaddr from 'ipaddr.js';
import { Failure } from '../errors/failure.ts';
import { canonicalAddress, embeddedIpv4, isWithin } from './address.ts';

/** What an address is for. */
export type AddressClass =
  | 'global'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'documentation'
  | 'benchmarking'
  | 'reserved'
  | 'link_local'
  | 'metadata'
  | 'multicast'
  | 'broadcast'
  | 'unspecified';

interface Policy {
  readonly name: 'private' | 'public';
  /** Whether a canonical address, and every IPv4 address that is embedded in it, may be dialled. */
  allows(address: string): boolean;
}

/**
 * `private`: one tenant on its own network; everything but the addresses nobody means to send data to. `public`:
 * several tenants; global unicast only. `allow` opens more, but never {@link never} and nothing embedded in it.
 * @throws {Failure} InvalidConfiguration when an entry of `allow` is no address and no range.
 */
export function createPolicy(options: {
  readonly policy: 'private' | 'public';
  readonly allow: readonly string[];
}): Policy {
  const opened = options.allow.map(parseRange);
  const passes = options.policy === 'private' ? privatePasses : publicPasses;

  const judge = (address: string): boolean => {
    const kind = classify(address);
    if (never.has(kind)) return false;
    return passes.has(kind) || opened.some((range) => isWithin(address, range));
  };
  return {
    name: options.policy,
    allows: (address) => [address, ...embeddedIpv4(address)].every(judge),
  };
}

/** Reads an address or a range in CIDR notation; gives CIDR notation back. */
export function parseRange(entry: string): string {
  const [, base, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry.trim()) ?? [];
  const written = base && ipaddr.IPv4.isValidFourPartDecimal(base) ? base : base?.includes(':') ? base : null;
  const address = written ? canonicalAddress(written) : null;
  if (written && address) {
    const mapped = written.includes(':') && !address.includes(':');
    const width = address.includes(':') ? 128 : 32;
    const length = bits === undefined ? width : Number(bits) - (mapped ? 96 : 0);
    if (length >= 0 && length <= width) return `${address}/${length}`;
  }
  throw new Failure(
    'InvalidConfiguration',
    `BACKSTITCH_NETWORK_ALLOW: "${entry}" is neither an IP address nor a range such as 10.0.0.0/8 or fd00::/8.`,
  );
}

/** Says what a canonical address is for; embedded addresses are not looked at. */
export function classify(address: string): AddressClass {
  if (metadata.some((range) => isWithin(address, range))) return 'metadata';
  const range = ipaddr.parse(address).range();
  if (range === 'unicast') return address.includes(':') ? classifyIpv6Unicast(address) : 'global';
  // Translation to IPv4 for the whole internet: what counts is the embedded address, which is judged as well.
  if (isWithin(address, '64:ff9b::/96')) return 'global';
  if (isWithin(address, '64:ff9b:1::/48')) return 'private';
  if (documentation.some((block) => isWithin(address, block))) return 'documentation';
  if (isWithin(address, '198.18.0.0/15')) return 'benchmarking';
  return classOfRange[range] ?? 'reserved';
}

/** Only an eighth of the IPv6 space has been handed out; the rest, and `::a.b.c.d`, is nobody's. */
function classifyIpv6Unicast(address: string): AddressClass {
  return isWithin(address, '2000::/3') ? 'global' : 'reserved';
}

/** No policy and no allow list opens these. */
const never: ReadonlySet<AddressClass> = new Set([
  'link_local',
  'metadata',
  'multicast',
  'broadcast',
  'unspecified',
]);

const publicPasses: ReadonlySet<AddressClass> = new Set(['global']);
const privatePasses: ReadonlySet<AddressClass> = new Set([
  'global',
  'loopback',
  'private',
  'shared',
  'documentation',
  'benchmarking',
]);

const classOfRange: Readonly<Partial<Record<string, AddressClass>>> = {
  unspecified: 'unspecified',
  broadcast: 'broadcast',
  multicast: 'multicast',
  linkLocal: 'link_local',
  loopback: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  carrierGradeNat: 'shared',
  benchmarking: 'benchmarking',
};

const documentation = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'];

/** Where clouds hand out credentials to whoever asks. Most others of this kind are link-local. */
const metadata = [
  '169.254.169.254/32', // AWS, Azure, Google, Oracle, DigitalOcean, Hetzner …
  '169.254.170.2/32', // AWS ECS
  '169.254.170.23/32', // AWS EKS
  '100.100.100.200/32', // Alibaba
  '168.63.129.16/32', // Azure's host agent
  '192.0.0.192/32', // Oracle, classic
  'fd00:ec2::/32', // AWS
  'fd20:ce::254/128', // Google
  'fd00:42::42/128', // Scaleway
  'fd00:a9fe:a9fe::/48', // Linode
];
