/**
 * A sealed value as text: `v1.<id of the data key>.<nonce, ciphertext and tag in base64url>`. The store reads no more
 * of it than which data key it needs; only the vault can open it.
 */
const pattern = /^v1\.([0-9a-f]{16})\.([\w-]+)$/;

export const renderSeal = (keyId: string, body: string): string => `v1.${keyId}.${body}`;

/** Id of the data key a value was sealed with; null when it is no sealed value. */
export const keyIdOfSeal = (sealed: string): string | null => pattern.exec(sealed)?.[1] ?? null;

/** Everything behind the key id; empty when it is no sealed value. */
export const sealBody = (sealed: string): string => pattern.exec(sealed)?.[2] ?? '';
