import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts with AES-256-GCM under a random nonce; `bound` is authenticated with it and has to be named to open it. */
export function encrypt(key: Buffer, text: Buffer, bound: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound, 'utf8'));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** @throws when anything at all was changed: the text, its length, or what it is bound to. */
export function decrypt(key: Buffer, sealed: string, bound: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  // Several texts decode to the same bytes; only the one that was written is genuine.
  if (bytes.length < nonceBytes + tagBytes || bytes.toString('base64url') !== sealed)
    throw new Error('not in the form in which values are sealed');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(bound, 'utf8'));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}

/** Random key of 256 bits, for values or as a master key. */
export const randomKey = (): Buffer => randomBytes(32);

/** Tells master keys apart. It reveals nothing of the key, which is random. */
export const fingerprintOf = (masterKey: Buffer): string =>
  createHmac('sha256', masterKey).update('backstitch master key').digest('hex').slice(0, 32);
