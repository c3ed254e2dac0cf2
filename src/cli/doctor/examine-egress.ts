import { isIP } from 'node:net';
import { type Finding, ok, problem, warning } from './finding.ts';

const subject = 'egress';

/** A host of stored destinations, and why it could not be reached as far as names and policy go; null when it could. */
export interface HostReading {
  readonly host: string;
  readonly failure: string | null;
}

/**
 * Is it known where connections come from, and can the hosts of the destinations be found? Nothing else on the
 * internet is asked.
 */
export function examineEgress(addresses: readonly string[], hosts: readonly HostReading[]): Finding[] {
  const wrong = addresses.filter((address) => isIP(address.split('/')[0] ?? '') === 0);
  const findings: Finding[] = [];
  if (wrong.length > 0) {
    findings.push(
      problem(
        subject,
        `configured egress addresses that are no IP addresses: ${wrong.join(', ')}`,
        'Configure the public addresses that connections of this server come from.',
      ),
    );
  } else if (addresses.length > 0) {
    findings.push(
      ok(subject, `owners of firewalls are told to allow ${addresses.join(', ')} (not checked from here)`),
    );
  } else {
    findings.push(
      ok(subject, 'no egress addresses are configured, so remedies about firewalls name no address'),
    );
  }
  const lost = hosts.filter(({ failure }) => failure !== null);
  if (lost.length > 0) {
    findings.push(
      warning(
        subject,
        `hosts of destinations that cannot be found: ${lost.map(({ host, failure }) => `${host} (${failure})`).join('; ')}`,
        "See each destination's finding; if every name fails, look at this machine's resolver (/etc/resolv.conf).",
      ),
    );
  } else if (hosts.length > 0) {
    findings.push(
      ok(subject, `the hosts of all destinations can be found: ${hosts.map(({ host }) => host).join(', ')}`),
    );
  }
  return findings;
}
