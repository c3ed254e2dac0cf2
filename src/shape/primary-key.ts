import { hash } from 'node:crypto';

/** Namespace of our name-based UUIDs (RFC 9562, version 5). Never changes: repeated loads must repeat their keys. */
const namespace = Buffer.from('6f1c40b3a2d05e5b8f0e5c1f8b6d2a97', 'hex');

/**
 * `__sdc_primary_key` of a record in a table without key names: a UUIDv5 of batch and position, so that loading the
 * batch again gives the same key.
 * @param position 0-based place of the message in its batch.
 */
export function recordPrimaryKey(batchId: string, position: number): string {
  const digest = hash('sha1', Buffer.concat([namespace, Buffer.from(`${batchId}/${position}`)]), 'buffer');
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
