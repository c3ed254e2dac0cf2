import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** An X.509 certificate and its key, both PEM, as servers and clients take them. */
export interface TestCertificate {
  readonly cert: string;
  /** PKCS#8, P-256. */
  readonly key: string;
}

export interface TestCertificateOptions {
  /** Common name of the subject; the default is `localhost`, or `Test CA` for an authority. */
  readonly commonName?: string;
  /** DNS names and IP addresses of the subject's alternative names; the default is none. */
  readonly names?: readonly string[];
  /** True for one that may issue others. */
  readonly ca?: boolean;
  /** The authority that signs it; without one it signs itself. */
  readonly issuer?: TestCertificate;
  /** The default is an hour ago. */
  readonly validFrom?: Date;
  /** The default is in a day. */
  readonly validTo?: Date;
}

/** Makes a certificate with nothing but node:crypto, so that tests need no openssl on the machine. */
export function createCertificate(options: TestCertificateOptions = {}): TestCertificate {
  const { ca = false, issuer, names = [] } = options;
  const commonName = options.commonName ?? (ca ? 'Test CA' : 'localhost');
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const subject = distinguishedName(commonName);
  const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
  const extensions = [
    extension('2.5.29.19', sequence(...(ca ? [boolean(true)] : [])), true),
    extension('2.5.29.15', bitString(Buffer.from([ca ? 0b00000110 : 0b10000000]), ca ? 1 : 7), true),
    extension('2.5.29.14', octetString(keyIdentifier(pair.publicKey))),
    extension('2.5.29.35', sequence(tagged(0, keyIdentifier(issuer ? publicKeyOf(issuer) : pair.publicKey)))),
    ...(names.length > 0 ? [extension('2.5.29.17', sequence(...names.map(generalName)))] : []),
  ];
  const body = sequence(
    taggedAround(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    issuer ? subjectOf(issuer) : subject,
    sequence(
      time(options.validFrom ?? new Date(Date.now() - 3_600_000)),
      time(options.validTo ?? new Date(Date.now() + 86_400_000)),
    ),
    subject,
    pair.publicKey,
    taggedAround(3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuer?.key ?? pair.privateKey);
  const der = sequence(body, ecdsaWithSha256, bitString(signature, 0));
  return { cert: new X509Certificate(der).toString(), key: pair.privateKey };
}

function distinguishedName(commonName: string): Buffer {
  return sequence(
    element(0x31, sequence(objectIdentifier('2.5.4.3'), element(0x0c, Buffer.from(commonName)))),
  );
}

/** Our own certificates only: their subject is one common name. */
function subjectOf({ cert }: TestCertificate): Buffer {
  return distinguishedName(new X509Certificate(cert).subject.replace(/^CN=/, ''));
}

function publicKeyOf({ cert }: TestCertificate): Buffer {
  return new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
}

const keyIdentifier = (publicKey: Buffer): Buffer => createHash('sha1').update(publicKey).digest();

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

function generalName(name: string): Buffer {
  return isIP(name) ? tagged(7, addressBytes(name)) : tagged(2, Buffer.from(name, 'ascii'));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => (text ? text.split(':') : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length);
  return Buffer.concat([Buffer.from([tag, 0x82]), length, content]);
}

const sequence = (...parts: readonly Buffer[]) => element(0x30, ...parts);
const integer = (bytes: Buffer) => element(0x02, bytes);
const boolean = (value: boolean) => element(0x01, Buffer.from([value ? 0xff : 0]));
const octetString = (bytes: Buffer) => element(0x04, bytes);
const bitString = (bytes: Buffer, unused: number) => element(0x03, Buffer.from([unused]), bytes);
const tagged = (number: number, bytes: Buffer) => element(0x80 + number, bytes);
const taggedAround = (number: number, part: Buffer) => element(0xa0 + number, part);

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const base128 = (value: number): number[] =>
    value < 0x80 ? [value] : [...base128(value >> 7).map((byte) => byte | 0x80), value & 0x7f];
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** X.509 wants the short form before 2050 and the long one after. */
function time(date: Date): Buffer {
  const long = date.toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '');
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(long.slice(2)))
    : element(0x18, Buffer.from(long));
}
