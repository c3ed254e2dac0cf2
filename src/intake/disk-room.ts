import { Failure } from '../errors/failure.ts';
import { freeBytes } from '../lib/free-bytes.ts';
import { leastFreeBytes } from './limits.ts';

/** For a body of so many bytes. @throws {Failure} Overloaded while the disk of the store is almost full. */
export type RequireDiskRoom = (bytes: number) => Promise<void>;

/** An answer holds for so long, or for so many bytes: many small bodies come in a second, and large ones fill a disk in it. */
const freshMilliseconds = 500;
const freshBytes = 256 * 1024;

/**
 * Refuses records before the disk is full, so that what was accepted can still be loaded, and its results be kept.
 * @param folder of an embedded store; null: the store is elsewhere, and says so itself.
 */
export function createDiskRoom(folder: string | null): RequireDiskRoom {
  let freshUntil = Number.NEGATIVE_INFINITY;
  let bytesSince = 0;
  let isLow = false;
  return async (bytes) => {
    if (folder === null) return;
    const now = performance.now();
    bytesSince += bytes;
    if (now >= freshUntil || bytesSince > freshBytes) {
      freshUntil = now + freshMilliseconds;
      bytesSince = 0;
      isLow = (await freeBytes(folder)) < leastFreeBytes;
    }
    if (isLow)
      throw new Failure('Overloaded', 'The disk of the data folder is almost full: nothing was stored', {
        remedy: 'Free some space on it; the server goes on by itself.',
      });
  };
}
