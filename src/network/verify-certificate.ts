import type { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import { certificateFacts } from './certificates.ts';
import { NetworkError, type NetworkReason } from './network.ts';

/**
 * Judges the certificate of a secured connection: either it is exactly one of the trusted ones, or it leads to one of
 * them and carries the host's name. Its dates count in both cases.
 * @throws {NetworkError} `tls_expired`, `tls_not_yet_valid`, `tls_untrusted`, `tls_wrong_name`, `tls_protocol`.
 */
export function verifyCertificate(
  socket: TLSSocket,
  expected: {
    /** A name in ASCII form, or a canonical address. */
    readonly host: string;
    readonly trusted: readonly X509Certificate[];
    /** Milliseconds since 1970. */
    readonly now: number;
  },
): void {
  const { host, trusted, now } = expected;
  const presented = socket.getPeerX509Certificate();
  if (!presented) throw new NetworkError('tls_protocol', 'The server presented no certificate.');
  checkDates(presented, now, "The server's certificate");
  if (trusted.some((certificate) => certificate.raw.equals(presented.raw))) return;

  if (!socket.authorized) throw notAuthorized(socket, presented, trusted, now);
  const mismatch = checkServerIdentity(host, presented.toLegacyObject());
  if (mismatch) {
    const facts = { ...certificateFacts(presented), expected: host };
    throw failure(
      'tls_wrong_name',
      `The server's certificate is for ${facts.names}, not for ${host}.`,
      facts,
    );
  }
}

function checkDates(certificate: X509Certificate, now: number, whose: string): void {
  const facts = certificateFacts(certificate);
  if (certificate.validToDate.getTime() < now)
    throw failure('tls_expired', `${whose} (${facts.subject}) expired at ${facts.validTo}.`, facts);
  if (certificate.validFromDate.getTime() > now)
    throw failure(
      'tls_not_yet_valid',
      `${whose} (${facts.subject}) is valid only from ${facts.validFrom}.`,
      facts,
    );
}

function notAuthorized(
  socket: TLSSocket,
  presented: X509Certificate,
  trusted: readonly X509Certificate[],
  now: number,
): NetworkError {
  const code = String(socket.authorizationError);
  const facts = { ...certificateFacts(presented), code };
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    // The server's own dates are right, so it is one above it: sent by the server, or given.
    for (const certificate of trusted)
      checkDates(certificate, now, 'A certificate that was given to be trusted');
    return code === 'CERT_HAS_EXPIRED'
      ? failure('tls_expired', "A certificate between the server's and the trusted one has expired.", facts)
      : failure(
          'tls_not_yet_valid',
          "A certificate between the server's and the trusted one is not valid yet.",
          facts,
        );
  }
  const why =
    code === 'DEPTH_ZERO_SELF_SIGNED_CERT'
      ? 'is signed by itself and is not the certificate that was given'
      : 'does not lead to a certificate that was given';
  return failure(
    'tls_untrusted',
    `The server's certificate (${facts.subject}, issued by ${facts.issuer}) ${why} (${code}).`,
    facts,
  );
}

const failure = (reason: NetworkReason, message: string, facts: Record<string, string>): NetworkError =>
  new NetworkError(reason, message, { facts });
