import type { Duplex } from 'node:stream';
import ipaddr from 'ipaddr.js';
import { type Judged, type Network, NetworkError, type Resolved, type Tunnel } from '../network/network.ts';
import type { CheckContext } from './destination.ts';
import { renderEndpoint, StepFailure } from './finding.ts';
import { type Endpoint, networkFinding } from './findings.ts';
import type { RunStep, StepPlan } from './steps.ts';

/** Where a server is, and the SSH server in front of it if there is one. */
export interface RouteTarget {
  readonly host: string;
  readonly port: number;
  readonly tunnel: { readonly host: string; readonly port: number; readonly username: string } | null;
  /** What stands there, for messages, and the property that names it; a database server of `host` if left out. */
  readonly called?: { readonly who: string; readonly property: string };
}

/** What it takes to go there. */
export type RouteAccess = Pick<CheckContext, 'network' | 'ssh'>;

/** A way to a server that has been looked up, judged and gone once. */
export interface Route extends AsyncDisposable {
  /** The server itself, for messages. */
  readonly endpoint: Endpoint;
  /** The connection that proved the way. Whoever takes it closes it. */
  readonly connection: Duplex;
  /** Why clear text on this way is no concern: it never leaves the machine, or SSH encrypts it. Else null. */
  readonly shelter: 'loopback' | 'tunnel' | null;
  /** Goes the same way again, to the same judged address. @throws {NetworkError} */
  redial(signal: AbortSignal): Promise<Duplex>;
}

/** The steps of going a route; a check puts them into its plan after `settings`. */
export const routePlan = (target: RouteTarget): StepPlan => [
  ['resolve', 5_000],
  ['policy', 1_000],
  ['connect', 8_000],
  ...(target.tunnel === null ? [] : [['ssh', 10_000] as const]),
];

/** Goes to a server in named steps: of the SSH server if there is one, otherwise of the server itself. */
export async function openRoute(target: RouteTarget, access: RouteAccess, step: RunStep): Promise<Route> {
  const { network } = access;
  const about = { policy: network.policy, egress: network.egressAddresses };
  const server: Endpoint = {
    ...about,
    who: target.called?.who ?? 'The database server',
    host: target.host,
    port: target.port,
    property: target.called?.property ?? 'host',
  };
  const ssh: Endpoint | null = target.tunnel && {
    ...about,
    who: 'The SSH server',
    host: target.tunnel.host,
    port: target.tunnel.port,
    property: 'encryption_host',
  };
  const first = ssh ?? server;

  const resolved = await step('resolve', {
    timedOut: (seconds) => networkFinding('resolve_timeout', { ...first, seconds }),
    async run({ signal, passed }) {
      const found = await explained(first, network.resolve(first.host, signal));
      // What names of a private network lead to is no business of those who may not connect to it.
      passed(
        `${first.host} ${isAllowed(network, found) ? `is ${found.addresses.join(', ')}` : 'has an address'}.`,
      );
      return found;
    },
  });

  const judged = await step('policy', {
    timedOut: () => networkFinding('address_not_allowed', first),
    async run({ passed }) {
      const allowed = await explained(first, (async () => network.judge(resolved))());
      passed(`The network policy (${network.policy}) allows the address.`);
      return allowed;
    },
  });

  const connection = await step('connect', {
    timedOut: (seconds) => networkFinding('connection_timeout', { ...first, seconds }),
    async run({ signal, passed }) {
      const made = await explained(first, network.dial(judged, first.port, signal));
      passed(`Connected to ${renderEndpoint(first)}.`);
      return ownErrors(made);
    },
  });

  if (ssh === null || target.tunnel === null)
    return {
      endpoint: server,
      connection,
      shelter: isLoopback(judged) ? 'loopback' : null,
      redial: async (signal) => ownErrors(await network.dial(judged, server.port, signal)),
      async [Symbol.asyncDispose]() {
        connection.destroy();
      },
    };
  return await throughTunnel(ssh, target.tunnel.username, server, connection, access, step);
}

function isAllowed(network: Network, resolved: Resolved): boolean {
  try {
    network.judge(resolved);
    return true;
  } catch (error) {
    if (error instanceof NetworkError) return false;
    throw error;
  }
}

async function throughTunnel(
  ssh: Endpoint,
  username: string,
  server: Endpoint,
  connection: Duplex,
  access: RouteAccess,
  step: RunStep,
): Promise<Route> {
  let tunnel: Tunnel | null = null;
  try {
    const forwarded = await step('ssh', {
      timedOut: (seconds) => networkFinding('ssh_timeout', { endpoint: server, ssh, seconds }),
      async run({ signal, passed }) {
        tunnel = await signIn(ssh, username, connection, access, signal);
        const far = await throughExplained(ssh, server, tunnel.dial(server.host, server.port, signal));
        passed(
          `Signed in to ${renderEndpoint(ssh)} (host key ${tunnel.fingerprint}) and reached ${renderEndpoint(server)} from there.`,
        );
        return { far: ownErrors(far), tunnel };
      },
    });
    return {
      endpoint: server,
      connection: forwarded.far,
      shelter: 'tunnel',
      redial: async (signal) => ownErrors(await forwarded.tunnel.dial(server.host, server.port, signal)),
      async [Symbol.asyncDispose]() {
        forwarded.far.destroy();
        await forwarded.tunnel[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await (tunnel as Tunnel | null)?.[Symbol.asyncDispose]();
    connection.destroy();
    throw error;
  }
}

async function signIn(
  ssh: Endpoint,
  username: string,
  connection: Duplex,
  { network, ssh: identity }: RouteAccess,
  signal: AbortSignal,
): Promise<Tunnel> {
  try {
    const tunnel = await network.openTunnel(connection, {
      username,
      privateKey: identity.privateKey,
      pinnedHostKey: identity.pinnedHostKey(ssh.host, ssh.port),
      signal,
    });
    identity.onHostKey(ssh.host, ssh.port, tunnel.hostKey);
    return tunnel;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    if (error.reason === 'ssh_auth_failed')
      throw new StepFailure(
        networkFinding('ssh_key_refused', { ...ssh, username, publicKey: identity.publicKey }),
        error,
      );
    if (error.reason === 'reset') throw new StepFailure(networkFinding('ssh_closed', ssh), error);
    // Seen keys are kept beside the pinned one, so that the owner can accept the new one by name.
    if (error.reason === 'ssh_host_key_changed' && error.facts.hostKey !== undefined)
      identity.onHostKey(ssh.host, ssh.port, error.facts.hostKey);
    throw explainedBy(ssh, error);
  }
}

/** Puts the reasons of a direct connection into words for people. */
export async function explained<T>(to: Endpoint, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof NetworkError) throw explainedBy(to, error);
    throw error;
  }
}

async function throughExplained<T>(ssh: Endpoint, endpoint: Endpoint, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const facts = { ssh, endpoint };
    if (error.reason === 'ssh_forwarding_denied')
      throw new StepFailure(networkFinding('ssh_forwarding_denied', facts), error);
    if (error.reason === 'unresolvable')
      throw new StepFailure(networkFinding('ssh_target_not_found', facts), error);
    throw new StepFailure(networkFinding('ssh_target_refused', facts), error);
  }
}

/** What a network error means for people; given back as it is when nothing outside can cause it. */
export function explainedBy(to: Endpoint, error: NetworkError): StepFailure | NetworkError {
  const { facts } = error;
  switch (error.reason) {
    case 'unresolvable':
      return new StepFailure(
        networkFinding(
          serverTrouble.has(facts.code ?? '') ? 'name_servers_unavailable' : 'host_not_found',
          to,
        ),
        error,
      );
    case 'blocked':
      return new StepFailure(networkFinding('address_not_allowed', to), error);
    case 'refused':
      return new StepFailure(networkFinding('connection_refused', to), error);
    case 'reset':
      return new StepFailure(networkFinding('connection_reset', to), error);
    case 'unreachable':
      return new StepFailure(networkFinding('host_unreachable', to), error);
    case 'ssh_host_key_changed':
      return new StepFailure(
        networkFinding('ssh_host_key_changed', {
          ...to,
          expected: facts.expected ?? 'the pinned one',
          presented: facts.presented ?? 'an unknown one',
        }),
        error,
      );
    case 'ssh_protocol':
      return new StepFailure(networkFinding('not_ssh', to), error);
    case 'tls_not_supported':
      return new StepFailure(networkFinding('tls_not_supported', to), error);
    case 'tls_protocol':
      return new StepFailure(networkFinding('tls_handshake_failed', to), error);
    case 'tls_untrusted':
      return new StepFailure(networkFinding('certificate_untrusted', to), error);
    case 'tls_expired':
      return new StepFailure(networkFinding('certificate_expired', { ...to, date: facts.validTo }), error);
    case 'tls_not_yet_valid':
      return new StepFailure(
        networkFinding('certificate_not_yet_valid', { ...to, date: facts.validFrom }),
        error,
      );
    case 'tls_wrong_name':
      return new StepFailure(networkFinding('certificate_wrong_name', { ...to, names: facts.names }), error);
    case 'tls_bad_certificate_given':
      return new StepFailure(networkFinding('certificate_given_unusable', {}), error);
    // The operating system gave up before the step's deadline did.
    case 'timeout':
      return new StepFailure(networkFinding('connection_timeout', to), error);
    default:
      return error;
  }
}

/** The resolver's words for name servers that do not answer, or answer with an error. */
const serverTrouble = new Set(['EAI_AGAIN', 'ETIMEOUT', 'ESERVFAIL']);

/** A connection that breaks while nobody reads it must not end the process; whoever reads it is told. */
function ownErrors(connection: Duplex): Duplex {
  return connection.on('error', () => {});
}

const isLoopback = (judged: Judged): boolean =>
  judged.addresses.every((address) => ipaddr.process(address).range() === 'loopback');
