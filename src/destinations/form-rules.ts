import { isIP } from 'node:net';
import type { FormRule } from '../model/form.ts';
import { parseHost } from '../network/address.ts';
import { parseCertificates } from '../network/certificates.ts';

/**
 * Rules that several forms share. A rule looks at values that already match their JSON Schema; a credential is in the
 * candidate only while it is being set, and no sentence here repeats a value.
 */

/** A host name or an IP address and nothing else. */
const hostRule =
  (name: string): FormRule =>
  ({ candidate }) => {
    const value = candidate[name];
    const why = typeof value === 'string' ? hostProblem(value) : null;
    return why === null ? [] : [{ name, why }];
  };

/** A port a server can listen on. */
export const portRule =
  (name: string): FormRule =>
  ({ candidate }) => {
    const value = candidate[name];
    if (typeof value !== 'string' || isPort(value)) return [];
    return [{ name, why: 'A port is a whole number from 1 to 65535.' }];
  };

/** True for digits that name a port; leading zeros are no digits of one. */
export const isPort = (value: string): boolean => /^[1-9]\d{0,4}$/.test(value) && Number(value) <= 65535;

/** A host, or a URL that is nothing but scheme and host. */
export const endpointRule =
  (name: string): FormRule =>
  ({ candidate }) => {
    const value = candidate[name];
    if (typeof value !== 'string') return [];
    const why = hostProblem(value.replace(/^https?:\/\//i, '').replace(/\/$/, ''));
    return why === null ? [] : [{ name, why }];
  };

/** The SSH server must be described when a tunnel is asked for. */
export const sshRule: FormRule = (input) => {
  if (input.candidate.encryption_type !== 'ssh') return [];
  const missing = ['encryption_host', 'encryption_port', 'encryption_username'].filter(
    (name) => input.candidate[name] === undefined,
  );
  return [
    ...missing.map((name) => ({ name, why: 'Required for an SSH tunnel.' })),
    ...hostRule('encryption_host')(input),
    ...portRule('encryption_port')(input),
  ];
};

/**
 * `sslrootcert` holds certificates in PEM, and is not set where no TLS would use it. One that is already stored
 * survives `ssl` being turned off.
 */
export const certificateRule: FormRule = ({ candidate, changed }) => {
  const { sslrootcert } = candidate;
  if (typeof sslrootcert !== 'string') return [];
  const bad = (why: string) => [{ name: 'sslrootcert', why }];
  if (candidate.ssl === 'false' && changed.has('sslrootcert'))
    return bad('A certificate has no effect while ssl is false; set ssl to true.');
  const parsed = parseCertificates(sslrootcert);
  return parsed.ok ? [] : bad(parsed.message);
};

/** What keeps a value from being a host name or an IP address, as a sentence; null when it is one. */
export function hostProblem(value: string): string | null {
  if (isIP(value.replace(/^\[(.*)\]$/, '$1'))) return null;
  const scheme = /^(?:[a-z][a-z0-9+.-]*:)*\/\//i.exec(value);
  if (scheme) return `Give the host name alone, without ${scheme[0]} and what follows the name.`;
  if (/\s/.test(value)) return 'A host name contains no spaces.';
  if (value.includes('@')) return 'Give the host name alone, without a user or password before it.';
  if (/[/\\?#]/.test(value)) return 'Give the host name alone, without a path after it.';
  if (value.includes(':')) return 'Give the host name alone; the port is a property of its own.';
  const parsed = parseHost(value);
  return parsed.kind === 'unusable' ? `This ${parsed.why}.` : null;
}

/** The rules of a server with host and port that a user signs in to. */
export const serverRules: readonly FormRule[] = [hostRule('host'), portRule('port')];
