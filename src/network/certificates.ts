import { X509Certificate } from 'node:crypto';
import { printable } from './printable.ts';

/** Certificates as somebody pasted them, or why they cannot be used. */
type ParsedCertificates =
  | { readonly ok: true; readonly certificates: readonly X509Certificate[] }
  | {
      readonly ok: false;
      readonly problem: 'empty' | 'private_key' | 'not_pem' | 'wrong_kind' | 'unreadable';
      /** What is wrong and what would be right, as sentences. Never repeats the text. */
      readonly message: string;
    };

/**
 * Reads PEM text with one certificate or more. Text around the blocks and indentation are passed over; a private key
 * among them is an error, because this text is not kept as a secret.
 */
export function parseCertificates(pem: string): ParsedCertificates {
  if (pem.trim() === '') return bad('empty', 'No certificate was given.');
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(pem))
    return bad(
      'private_key',
      'This is a private key; a certificate belongs here. The key has left its place: replace it.',
    );
  const blocks = [
    ...pem.replace(/^[ \t]+/gm, '').matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g),
  ];
  const begun = pem.match(/-----BEGIN /g)?.length ?? 0;
  if (blocks.length === 0 && begun === 0)
    return bad(
      'not_pem',
      'This is no certificate in PEM form: it has no line "-----BEGIN CERTIFICATE-----".',
    );
  if (blocks.length < begun)
    return bad(
      'unreadable',
      `Only ${blocks.length} of the ${begun} PEM blocks end with the line that belongs there.`,
    );

  const certificates: X509Certificate[] = [];
  for (const [index, [block, label]] of blocks.entries()) {
    if (!/^(X509 |TRUSTED )?CERTIFICATE$/.test(label ?? ''))
      return bad('wrong_kind', `PEM block ${index + 1} is a ${label?.toLowerCase()}, not a certificate.`);
    try {
      certificates.push(new X509Certificate(block));
    } catch {
      return bad('unreadable', `PEM block ${index + 1} of ${blocks.length} cannot be read as a certificate.`);
    }
  }
  return { ok: true, certificates };
}

/** What people need to tell one certificate from another; goes into the facts of an error. */
type CertificateFacts = Record<
  'subject' | 'issuer' | 'names' | 'validFrom' | 'validTo' | 'fingerprint',
  string
>;

export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    subject: printable(certificate.subject.replaceAll('\n', ', ')),
    issuer: printable(certificate.issuer.replaceAll('\n', ', ')),
    names: certificateNames(certificate),
    validFrom: certificate.validFromDate.toISOString(),
    validTo: certificate.validToDate.toISOString(),
    fingerprint: certificate.fingerprint256,
  };
}

/** Names the certificate is for, comma-separated: its alternative names, or the common name where it has none. */
function certificateNames(certificate: X509Certificate): string {
  const names = certificate.subjectAltName ?? /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '';
  return printable(names.replaceAll(/\b(?:DNS|IP Address):/g, ''), 300);
}

const bad = (problem: Extract<ParsedCertificates, { ok: false }>['problem'], message: string) =>
  ({ ok: false, problem, message }) as const;
