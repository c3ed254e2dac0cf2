import { renderEndpoint as at, type FindingKind, findingMaker, renderEgress } from './finding.ts';

/** One end of a connection, as the settings name it. */
export interface Endpoint {
  /** `The database server`, `The SSH server`. */
  readonly who: string;
  readonly host: string;
  readonly port: number;
  /** Property of the form that holds the host: `host`, `encryption_host`. */
  readonly property: string;
  readonly policy: 'private' | 'public';
  readonly egress: readonly string[];
}

/** The far end, reached through an SSH server. */
export interface ThroughTunnel {
  readonly endpoint: Endpoint;
  readonly ssh: Endpoint;
}

interface Timed {
  readonly seconds: number;
}

const letIn = ({ egress, port }: Endpoint): string =>
  `a firewall in between must let ${renderEgress(egress)} in on port ${port}`;

/** What can go wrong between this server and any destination, whatever its type. */
export const networkFindings = {
  host_not_found: {
    when: 'The host name has no address in the DNS that this server asks.',
    message: (to) => `The name ${to.host} could not be found.`,
    remedy: (to) =>
      `Check the spelling of ${to.property}. A name of a private network must be known to the DNS servers that this server asks; otherwise give an IP address.`,
  } satisfies FindingKind<Endpoint>,
  resolve_timeout: {
    when: 'The DNS servers did not answer in time.',
    message: (to) => `Looking up the name ${to.host} took longer than ${to.seconds} seconds.`,
    remedy: (to) =>
      `The DNS servers that this server asks do not answer for this name. Check ${to.property}, or give an IP address.`,
  } satisfies FindingKind<Endpoint & Timed>,
  name_servers_unavailable: {
    when: 'The DNS servers that this server asks answered with an error, or not at all.',
    message: (to) => `The DNS servers that this server asks gave no answer for ${to.host}.`,
    remedy: (to) =>
      `Check again later. If it stays so, the zone of ${to.property} or the DNS servers of this server are in trouble; an IP address does without them.`,
  } satisfies FindingKind<Endpoint>,
  address_not_allowed: {
    when: 'An address of the host is one that the network policy of this server does not allow.',
    message: (to) => `The network policy of this server does not allow connections to ${to.host}.`,
    remedy: (to) =>
      to.policy === 'public'
        ? `Set ${to.property} to a host with public addresses only. Whoever runs this server can open private addresses with BACKSTITCH_NETWORK_ALLOW, or with BACKSTITCH_NETWORK_POLICY=private if all its accounts belong to one owner.`
        : `Set ${to.property} to the address of a server: link-local, metadata, multicast and unspecified addresses are never connected to.`,
  } satisfies FindingKind<Endpoint>,
  connection_refused: {
    when: 'Nothing listens on that port, or a firewall refuses the connection at once.',
    message: (to) => `${to.who} at ${at(to)} refused the connection.`,
    remedy: (to) =>
      `Check the port, and that the server runs and listens on an address that can be reached from outside its machine; ${letIn(to)}.`,
  } satisfies FindingKind<Endpoint>,
  connection_reset: {
    when: 'The connection was accepted and then reset.',
    message: (to) => `${to.who} at ${at(to)} accepted the connection and then reset it.`,
    remedy: (to) =>
      `Usually a proxy, a load balancer or a firewall in front of the server does this, or the server has just failed: look into its log, and ${letIn(to)}.`,
  } satisfies FindingKind<Endpoint>,
  connection_timeout: {
    when: 'Nothing answered at that address and port in time.',
    message: (to) =>
      `${to.who} at ${at(to)} did not answer${to.seconds === undefined ? ' in time' : ` within ${to.seconds} seconds`}.`,
    remedy: (to) => `Check host and port; most often ${letIn(to)}.`,
  } satisfies FindingKind<Endpoint & { seconds?: number }>,
  host_unreachable: {
    when: 'There is no route to the address of the host.',
    message: (to) => `There is no route from this server to ${at(to)}.`,
    remedy: (to) =>
      `Check ${to.property} and the routes (VPN, peering) between this server and that network; ${letIn(to)}.`,
  } satisfies FindingKind<Endpoint>,

  ssh_key_refused: {
    when: 'The SSH server does not accept the key of this account for that user.',
    message: (to) =>
      `The SSH server at ${at(to)} does not accept this account's key for user ${to.username}.`,
    remedy: (to) =>
      `Add this line to ~${to.username}/.ssh/authorized_keys on the SSH server: ${to.publicKey}`,
    refused: true,
  } satisfies FindingKind<Endpoint & { username: string; publicKey: string }>,
  ssh_host_key_changed: {
    when: 'The SSH server presents another host key than the one that was seen first.',
    message: (to) =>
      `The SSH server at ${at(to)} presents another host key than before: ${to.presented} instead of ${to.expected}.`,
    remedy: () =>
      'Ask whoever runs the SSH server whether its key was replaced. If so, accept the new one with POST /v4/destinations/{id}/ssh-host-key; if not, somebody may be reading along.',
  } satisfies FindingKind<Endpoint & { expected: string; presented: string }>,
  not_ssh: {
    when: 'What listens there does not speak SSH, or nothing that both sides understand.',
    message: (to) => `What answers at ${at(to)} could not be spoken to as an SSH server.`,
    remedy: (to) =>
      `Check ${to.property} and encryption_port; the server must offer SSH 2 with a current key exchange.`,
  } satisfies FindingKind<Endpoint>,
  ssh_closed: {
    when: 'The SSH server closed the connection before signing in was done.',
    message: (to) => `The SSH server at ${at(to)} closed the connection before signing in was done.`,
    remedy: (to) =>
      `Check that encryption_port is the port of an SSH server. Its log names the reason: MaxStartups, fail2ban, or rules that do not let ${renderEgress(to.egress)} in.`,
  } satisfies FindingKind<Endpoint>,
  ssh_timeout: {
    when: 'The SSH server did not finish signing in, or opening the way to the destination, in time.',
    message: (to) =>
      `The SSH server at ${at(to.ssh)} did not open a way to ${at(to.endpoint)} within ${to.seconds} seconds.`,
    remedy: (to) =>
      `Check from the SSH server that ${at(to.endpoint)} can be reached, and that the SSH server is not overloaded.`,
  } satisfies FindingKind<ThroughTunnel & Timed>,
  ssh_forwarding_denied: {
    when: 'The SSH server signs us in but does not allow connections to be forwarded.',
    message: (to) => `The SSH server at ${at(to.ssh)} does not allow forwarding to ${at(to.endpoint)}.`,
    remedy: (to) =>
      `Set AllowTcpForwarding yes (or local) and, if PermitOpen is used, PermitOpen ${at(to.endpoint)} in its sshd_config, then reload it.`,
  } satisfies FindingKind<ThroughTunnel>,
  ssh_target_refused: {
    when: 'The SSH server could not connect to the destination.',
    message: (to) => `The SSH server at ${at(to.ssh)} could not reach ${at(to.endpoint)}.`,
    remedy: (to) =>
      `host and port are seen from the SSH server: check there that ${at(to.endpoint)} is running, listens, and that no firewall is in between.`,
  } satisfies FindingKind<ThroughTunnel>,
  ssh_target_not_found: {
    when: 'The SSH server does not know the host name of the destination.',
    message: (to) => `The SSH server at ${at(to.ssh)} could not find the name ${to.endpoint.host}.`,
    remedy: () =>
      'host is looked up by the SSH server: give a name that is known there, or an IP address as seen from it.',
  } satisfies FindingKind<ThroughTunnel>,

  tls_not_supported: {
    when: 'TLS is asked for (ssl is true) and the server has none.',
    message: (to) => `${to.who} at ${at(to)} does not offer TLS.`,
    remedy: () =>
      'Turn TLS on in the server. Only if the way there is protected otherwise (an SSH tunnel, a private network), set ssl to false.',
  } satisfies FindingKind<Endpoint>,
  tls_handshake_failed: {
    when: 'TLS could not be agreed on.',
    message: (to) => `${to.who} at ${at(to)} and this server could not agree on TLS.`,
    remedy: () =>
      'The server must offer TLS 1.2 or newer and a certificate whose key it holds; its log names the reason.',
  } satisfies FindingKind<Endpoint>,
  tls_timeout: {
    when: 'The server accepted the connection and did not start TLS in time.',
    message: (to) =>
      `${to.who} at ${at(to)} accepted the connection but did not start TLS within ${to.seconds} seconds.`,
    remedy: () => 'Check that the port is the right one, and that the server is not hung or overloaded.',
  } satisfies FindingKind<Endpoint & Timed>,
  tls_off: {
    when: 'TLS is off (ssl is false) and the connection crosses a network in the clear.',
    message: (to) => `The connection to ${at(to)} is not encrypted: what is loaded can be read on the way.`,
    remedy: () => 'Set ssl to true, best together with sslrootcert, or use an SSH tunnel.',
  } satisfies FindingKind<Endpoint>,
  tls_unverified: {
    when: 'The connection is encrypted, but no certificate was given to know the server by.',
    message: (to) =>
      `The connection to ${at(to)} is encrypted, but it is not verified that the server is the right one.`,
    remedy: () =>
      "Set sslrootcert to the certificate (PEM) of the authority that signed the server's, or to the server's own.",
  } satisfies FindingKind<Endpoint>,
  certificate_unused: {
    when: 'A certificate is stored in sslrootcert while ssl is false.',
    message: () => 'The certificate in sslrootcert is not used, because ssl is false.',
    remedy: () => 'Set ssl to true to verify the server by it, or clear sslrootcert.',
  } satisfies FindingKind<object>,
  certificate_untrusted: {
    when: "The server's certificate does not lead to one of those in sslrootcert.",
    message: (to) =>
      `The certificate of ${at(to)} was not issued by one in sslrootcert, nor is it one of them.`,
    remedy: () =>
      "Set sslrootcert to the authority that issued the server's certificate (with intermediate ones the server does not send), or to the server's certificate itself.",
  } satisfies FindingKind<Endpoint>,
  certificate_expired: {
    when: "The server's certificate, or the one that issued it, has expired.",
    message: (to) => `The certificate of ${at(to)} has expired${to.date ? ` on ${to.date}` : ''}.`,
    remedy: () =>
      'Renew the certificate on the server, or the one that issued it, and reload the server; sslrootcert must fit the new one.',
  } satisfies FindingKind<Endpoint & { date: string | undefined }>,
  certificate_not_yet_valid: {
    when: "The server's certificate is not valid yet.",
    message: (to) =>
      `The certificate of ${at(to)} is not valid yet${to.date ? `, only from ${to.date}` : ''}.`,
    remedy: () => 'Compare the clocks of both servers, or install a certificate that is valid now.',
  } satisfies FindingKind<Endpoint & { date: string | undefined }>,
  certificate_wrong_name: {
    when: "The server's certificate is genuine, but is made out to other names than the host.",
    message: (to) =>
      `The certificate of ${at(to)} is made out to ${to.names || 'other names'}, not to ${to.host}.`,
    remedy: (to) =>
      `Set host to a name in the certificate, have a certificate made for ${to.host}, or set sslrootcert to exactly this server's certificate.`,
  } satisfies FindingKind<Endpoint & { names: string | undefined }>,
  certificate_given_unusable: {
    when: 'The text in sslrootcert cannot be used as certificates.',
    message: () => 'The certificates in sslrootcert cannot be read.',
    remedy: () => 'Set sslrootcert to certificates in PEM, or clear it.',
  } satisfies FindingKind<object>,

  stopped: {
    when: 'The check was ended from outside before it was done.',
    message: () => 'The check was stopped before it had finished.',
    remedy: () => 'Check again.',
  } satisfies FindingKind<object>,
} as const;

export const networkFinding = findingMaker(networkFindings);
