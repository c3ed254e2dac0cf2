import { createHash } from 'node:crypto';

/** SHA-256 of a token's value in hex: all that is ever stored of it. Values are random, so no salt is needed. */
export const hashToken = (value: string): string => createHash('sha256').update(value).digest('hex');
