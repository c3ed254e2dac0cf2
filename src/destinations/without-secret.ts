import { credentialMask } from '../model/credential-mask.ts';

/**
 * A text of somebody else's without a secret that it may quote. Whole words go: a short password blotted out of the
 * middle of one could be read from what is left of it.
 */
export function withoutSecret(text: string, secret: string): string {
  if (secret === '' || !text.includes(secret)) return text;
  if (/\s/.test(secret)) return text.replaceAll(secret, credentialMask);
  return text.replace(/\S+/g, (word) => (word.includes(secret) ? credentialMask : word));
}
