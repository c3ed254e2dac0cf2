import { randomFillSync } from 'node:crypto';

const idBytes = 16;
const pool = Buffer.allocUnsafeSlow(256 * idBytes);
let used = pool.length;

/** 128 random bits as hex digits. Drawn from the system many at a time: asking for each costs a hundred times as much. */
export function randomId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += idBytes;
  return pool.toString('hex', used - idBytes, used);
}
