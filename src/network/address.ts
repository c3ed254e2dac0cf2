import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';

/** What somebody wrote where a host belongs. */
type ParsedHost =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'name'; readonly name: string }
  /** `why` continues a sentence that begins with the host: `"a b" contains a space …`. */
  | { readonly kind: 'unusable'; readonly why: string };

/**
 * Reads a host: an address in any notation that a resolver would take for one (`127.1`, `0177.0.0.1`, `2852039166`,
 * `0x7f.1`, `[::1]`, `::1%lo`), or a name in ASCII form. What looks like an address and is none never becomes a name,
 * so that no resolver can be talked into another reading.
 */
export function parseHost(host: string): ParsedHost {
  if (host.trim() === '') return unusable('is empty');
  if (/[\p{C}\s]/u.test(host)) return unusable('contains a space or an invisible character');
  if (/[/\\]/.test(host))
    return unusable(
      'contains a slash: only the host name belongs here, without "https://" and without a path',
    );
  const bracketed = /^\[(.*)\]$/.exec(host)?.[1];
  if (bracketed !== undefined || host.includes(':')) {
    const address = canonicalIpv6(bracketed ?? host);
    if (address) return { kind: 'address', address };
    return unusable('contains a colon but is no IPv6 address; the port has a property of its own');
  }
  if (!/^[\w.\-\u0080-\u{10ffff}]+$/u.test(host))
    return unusable('contains a character that no host name can have');

  const name = /^[\w.-]+$/.test(host) ? host.toLowerCase() : domainToASCII(host);
  const relative = name.replace(/\.$/, '');
  const address = canonicalIpv4(relative);
  if (address) return { kind: 'address', address };
  const labels = relative.split('.');
  if (/^(\d+|0x[\da-f]*)$/.test(labels.at(-1) ?? ''))
    return unusable('looks like an IPv4 address but is none');
  if (labels.includes('') || labels.some((label) => label.length > 63) || relative.length > 253)
    return unusable('is no host name: a part between two dots is empty or too long');
  return { kind: 'name', name };
}

/**
 * The one spelling of an address: IPv4 dotted, IPv6 as in RFC 5952 and without a zone; an IPv4-mapped IPv6 address is
 * the IPv4 address, which is where its packets go. Null for anything else.
 */
export function canonicalAddress(text: string): string | null {
  return text.includes(':') ? canonicalIpv6(text) : canonicalIpv4(text);
}

/**
 * IPv4 addresses that packets to a canonical IPv6 address may end up at: NAT64 (RFC 6052, and every layout of the
 * local prefix of RFC 8215), 6to4, Teredo (server and client), IPv4-compatible and IPv4-translated.
 */
export function embeddedIpv4(address: string): readonly string[] {
  if (!address.includes(':')) return [];
  const bytes = ipaddr.IPv6.parse(address).toByteArray();
  const at = (...places: number[]): string => places.map((place) => bytes[place] ?? 0).join('.');
  const last = at(12, 13, 14, 15);
  const under = (prefix: string) => isWithin(address, prefix);

  if (under('64:ff9b::/96') || under('::ffff:0:0:0/96')) return [last];
  if (under('64:ff9b:1::/48')) {
    const layouts = [at(6, 7, 9, 10), at(7, 9, 10, 11), at(9, 10, 11, 12), last];
    // Padding of one layout reads as 0.x.x.x in another; only what is padding in all of them is meant.
    const meant = layouts.filter((layout) => !layout.startsWith('0.'));
    return meant.length > 0 ? meant : [last];
  }
  if (under('2002::/16')) return [at(2, 3, 4, 5)];
  if (under('2001::/32')) {
    const client = bytes.slice(12).map((byte) => byte ^ 0xff);
    return [at(4, 5, 6, 7), client.join('.')];
  }
  if (under('::/96') && !under('::/127')) return [last];
  return [];
}

/** True when a canonical address lies in a range; false also when one is IPv4 and the other IPv6. */
export function isWithin(address: string, range: string): boolean {
  const parsed = ipaddr.parse(address);
  const [base, bits] = ipaddr.parseCIDR(range);
  return parsed.kind() === base.kind() && parsed.match(base, bits);
}

function canonicalIpv4(text: string): string | null {
  try {
    return ipaddr.IPv4.parse(text).toString();
  } catch {
    return null;
  }
}

function canonicalIpv6(text: string): string | null {
  // Zones tell links apart, and nothing that needs one may be dialled.
  const bare = text.replace(/%.*$/, '');
  // ipaddr.js alone reads more than others do, `::ffff:0177.0.0.1` for example.
  if (!isIPv6(bare)) return null;
  const parsed = ipaddr.IPv6.parse(bare);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toRFC5952String();
}

const unusable = (why: string): ParsedHost => ({ kind: 'unusable', why });
