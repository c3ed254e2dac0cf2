import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import type { Clock } from '../lib/clock.ts';
import { parseHost } from './address.ts';
import { parseCertificates } from './certificates.ts';
import { NetworkError, type TlsOptions } from './network.ts';
import { orAbort } from './or-abort.ts';
import { printable } from './printable.ts';
import { verifyCertificate } from './verify-certificate.ts';

/**
 * Starts TLS (1.2 at least) on a connection; see {@link Network.startTls}. The connection belongs to the TLS socket
 * from here on and is closed when anything fails. Nothing is sent inside before the certificate has been verified.
 * An error of the socket after this never ends the process; whoever uses it listens for `close`.
 */
export async function startTls(connection: Duplex, options: TlsOptions, clock: Clock): Promise<TLSSocket> {
  const { host, signal } = options;
  const given = options.trusted === null ? null : parseCertificates(options.trusted);
  if (given && !given.ok) {
    connection.destroy();
    throw new NetworkError('tls_bad_certificate_given', given.message, { facts: { problem: given.problem } });
  }
  const system = options.authorities === 'system';
  const trusted = given?.certificates ?? (system ? [] : null);
  const parsed = parseHost(host);
  const name = parsed.kind === 'name' ? parsed.name.replace(/\.$/, '') : undefined;
  const identity = name ?? (parsed.kind === 'address' ? parsed.address : host);

  const secured = Promise.withResolvers<void>();
  const socket = connect({
    socket: connection,
    // SNI has no addresses.
    ...(name === undefined ? {} : { servername: name }),
    minVersion: 'TLSv1.2',
    // Only where they are asked for the system's authorities: with certificates given only they count.
    ...(system ? {} : { ca: (trusted ?? []).map((certificate) => certificate.toString()) }),
    allowPartialTrustChain: true,
    // Judged below, where the reason can be told and an exact certificate is known.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  // These listeners stay: a connection that breaks while nobody listens must not end the process.
  socket.on('error', (cause) => secured.reject(failedHandshake(cause, host)));
  socket.on('close', () => secured.reject(failedHandshake(null, host)));
  socket.once('secureConnect', () => secured.resolve());
  try {
    await orAbort(secured.promise, signal, {
      message: 'The server did not finish the TLS handshake in time.',
      facts: { host },
    });
    if (trusted) verifyCertificate(socket, { host: identity, trusted, now: clock.now() });
  } catch (error) {
    socket.destroy();
    connection.destroy();
    throw error;
  }
  return socket;
}

/** Null: the connection was closed without a word. */
function failedHandshake(cause: Error | null, host: string): NetworkError {
  const code = String((cause as NodeJS.ErrnoException | null)?.code ?? '');
  const facts = { host, ...(code === '' ? {} : { code }) };
  if (!cause || code === 'ECONNRESET' || code === 'EPIPE')
    return new NetworkError('reset', 'The server closed the connection during the TLS handshake.', {
      facts,
      cause,
    });
  const detail = (cause as Error & { reason?: string }).reason ?? code;
  return new NetworkError(
    'tls_protocol',
    `The server and we could not agree on TLS (${printable(detail)}); TLS 1.2 is the least that is accepted.`,
    { facts, cause },
  );
}
