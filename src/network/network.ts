import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/**
 * The one way out. Every connection that any part of the server opens to an address from outside is resolved, judged
 * and dialled here: a name is resolved once, *all* of its addresses are judged, and the socket goes to an address
 * that was judged, so that a name which changes its answer in between (DNS rebinding) gains nothing.
 */
export interface Network {
  readonly policy: 'private' | 'public';
  /** Addresses our connections come from, as configured; shown in remedies ("allow these in your firewall"). */
  readonly egressAddresses: readonly string[];

  /**
   * Finds the addresses of a host (a name, or an address in any notation: `127.1`, `0x7f000001`, `[::1]`).
   * @throws {NetworkError} `unresolvable`, `timeout`.
   */
  resolve(host: string, signal: AbortSignal): Promise<Resolved>;

  /**
   * Applies the policy to all addresses of a resolved host.
   * @throws {NetworkError} `blocked`; its message does not say what would have been found there.
   */
  judge(resolved: Resolved): Judged;

  /**
   * Connects to one of the judged addresses, in order, until one accepts.
   * @throws {NetworkError} `refused`, `reset`, `timeout` (the signal's), `unreachable`, of the last address tried.
   */
  dial(judged: Judged, port: number, signal: AbortSignal): Promise<Duplex>;

  /**
   * Signs in to an SSH server over a connection that {@link dial} made.
   * @throws {NetworkError} `ssh_host_key_changed`, `ssh_auth_failed`, `ssh_protocol`, `timeout`, `reset`.
   */
  openTunnel(connection: Duplex, options: TunnelOptions): Promise<Tunnel>;

  /**
   * Starts TLS as a client on a connection. Verifies as {@link TlsOptions} says; it never goes on in clear text.
   * @throws {NetworkError} `tls_*`, `timeout`, `reset`.
   */
  startTls(connection: Duplex, options: TlsOptions): Promise<TLSSocket>;
}

export interface Resolved {
  /** As the user wrote it; for messages and for certificate names. */
  readonly host: string;
  /** Canonical addresses, IPv4 first. Never empty. */
  readonly addresses: readonly string[];
}

/** Only {@link Network.judge} makes one. */
export interface Judged extends Resolved {
  readonly judged: true;
}

export interface TunnelOptions {
  readonly username: string;
  /** OpenSSH or PEM private key of the account. */
  readonly privateKey: string;
  /**
   * The pinned host key (`ssh-ed25519 AAAA…`), or null where none is pinned yet: then any key is accepted and
   * reported in {@link Tunnel.hostKey}.
   */
  readonly pinnedHostKey: string | null;
  readonly signal: AbortSignal;
}

export interface Tunnel extends AsyncDisposable {
  /** The host key that was presented, as `<algorithm> <base64>`. */
  readonly hostKey: string;
  /** `SHA256:…` of it, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /**
   * Opens a connection to a host and port as seen from the SSH server, which resolves the name.
   * @throws {NetworkError} `refused`, `unresolvable`, `ssh_forwarding_denied`, `timeout`.
   */
  dial(host: string, port: number, signal: AbortSignal): Promise<Duplex>;
}

export interface TlsOptions {
  /** Name the certificate must carry. An IP address is matched against IP entries. */
  readonly host: string;
  /**
   * PEM certificates to trust, or null: encrypt without verification. A server that presents exactly one of these
   * certificates is accepted whatever name it carries; otherwise chain and name must hold. Dates always count.
   */
  readonly trusted: string | null;
  /** `system`: the authorities that Node knows (its own, and NODE_EXTRA_CA_CERTS) are trusted; `trusted` is null then. */
  readonly authorities?: 'given' | 'system';
  readonly signal: AbortSignal;
}

/** Why a connection could not be made. The words for people are made where it is caught: only there is the context. */
export type NetworkReason =
  | 'unresolvable'
  | 'blocked'
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'unreachable'
  | 'ssh_host_key_changed'
  | 'ssh_auth_failed'
  | 'ssh_protocol'
  | 'ssh_forwarding_denied'
  | 'tls_not_supported'
  | 'tls_protocol'
  | 'tls_untrusted'
  | 'tls_expired'
  | 'tls_not_yet_valid'
  | 'tls_wrong_name'
  | 'tls_bad_certificate_given';

export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly reason: NetworkReason;
  /** Facts for the message: `address`, `port`, `expected`, `presented`, `validTo` … Never a secret. */
  readonly facts: Readonly<Record<string, string>>;

  constructor(
    reason: NetworkReason,
    message: string,
    options: { facts?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.facts = options.facts ?? {};
  }
}
