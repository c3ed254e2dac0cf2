import { describe, expect, it } from 'vitest';
import { certificateFacts, parseCertificates } from '../../src/network/certificates.ts';
import { createCertificate } from '../support/certificates.ts';

const first = createCertificate({ commonName: 'first.example', names: ['first.example', '127.0.0.1'] });
const second = createCertificate({ commonName: 'second.example' });

describe('certificates that somebody pastes', () => {
  it.each([
    ['one block', first.cert, ['CN=first.example']],
    ['several blocks', first.cert + second.cert, ['CN=first.example', 'CN=second.example']],
    ['text around the blocks', `subject=/CN=x\n${first.cert}\n# end`, ['CN=first.example']],
    ['line ends of Windows', first.cert.replaceAll('\n', '\r\n'), ['CN=first.example']],
    ['no line end at the end', first.cert.trim(), ['CN=first.example']],
    ['spaces before each line', first.cert.replace(/^/gm, '  '), ['CN=first.example']],
  ])('are read with %s', (_, pem, subjects) => {
    const parsed = parseCertificates(pem);
    expect(parsed.ok && parsed.certificates.map(({ subject }) => subject)).toEqual(subjects);
  });

  it.each([
    ['nothing', '', 'empty', 'No certificate'],
    ['blanks', ' \n ', 'empty', 'No certificate'],
    ['a private key', first.key, 'private_key', 'replace it'],
    ['a private key after the certificate', first.cert + first.key, 'private_key', 'replace it'],
    ['words', 'see the wiki', 'not_pem', 'BEGIN CERTIFICATE'],
    ['bare base64', first.cert.replace(/-----.*-----/g, ''), 'not_pem', 'BEGIN CERTIFICATE'],
    ['a block that is cut', first.cert.slice(0, 200), 'unreadable', 'Only 0 of the 1'],
    ['a second block that is cut', first.cert + second.cert.slice(0, 99), 'unreadable', 'Only 1 of the 2'],
    ['a damaged block', first.cert.replace('MII', 'MIJ'), 'unreadable', 'block 1 of 1'],
    ['a public key', pem('PUBLIC KEY'), 'wrong_kind', 'is a public key'],
    ['a request', pem('CERTIFICATE REQUEST'), 'wrong_kind', 'is a certificate request'],
    ['line ends as backslash n', first.cert.replaceAll('\n', '\\n'), 'unreadable', 'block 1'],
  ])('are refused when they are %s', (_, text, problem, words) => {
    const parsed = parseCertificates(text);
    expect(parsed).toMatchObject({ ok: false, problem, message: expect.stringContaining(words) });
  });

  it('are described by what people compare', () => {
    const parsed = parseCertificates(first.cert);
    const facts = parsed.ok && parsed.certificates[0] && certificateFacts(parsed.certificates[0]);
    expect(facts).toMatchObject({
      subject: 'CN=first.example',
      issuer: 'CN=first.example',
      names: 'first.example, 127.0.0.1',
      validTo: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
  });
});

function pem(label: string): string {
  return `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
}
