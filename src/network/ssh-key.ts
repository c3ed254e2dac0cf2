import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';

/** An SSH key pair as files hold it. */
export interface SshKeyPair {
  /** One line for authorized_keys: `ssh-ed25519 AAAA… backstitch`. */
  readonly publicKey: string;
  /** OpenSSH's own format, without a passphrase. */
  readonly privateKey: string;
}

/**
 * Makes an Ed25519 key pair with the comment `backstitch`. Written out here because ssh2's generator makes an
 * unreadable key about once in 380 times (it drops bytes of keys that look like padding).
 */
export function generateSshKeyPair(): SshKeyPair {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const point = Buffer.from(jwk.x ?? '', 'base64url');
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const algorithm = 'ssh-ed25519';
  const comment = 'backstitch';
  const publicBlob = Buffer.concat([field(algorithm), field(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    publicBlob,
    field(Buffer.concat([seed, point])),
    field(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    uint32(1),
    field(publicBlob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    publicKey: `${algorithm} ${publicBlob.toString('base64')} ${comment}`,
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
  };
}

/** `<algorithm> <base64>` of a public key in SSH's wire format, as known_hosts and authorized_keys write it. */
export function renderSshPublicKey(blob: Buffer): string {
  return `${blob.toString('latin1', 4, 4 + blob.readUInt32BE(0))} ${blob.toString('base64')}`;
}

/** `SHA256:…` of a public key in SSH's wire format, as `ssh-keygen -l` prints it. */
export function sshFingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
