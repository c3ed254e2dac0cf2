import { Failure } from '../errors/failure.ts';
import { freeBytes } from '../lib/free-bytes.ts';
import { leastFreeBytes } from './limits.ts';

/** @throws {Failure} Overloaded while the disk of the store is almost full. */
export type RequireDiskRoom = () => Promise<void>;

/** The answer holds for so long: many small bodies come in a second, and room is not used up that fast. */
const freshMilliseconds = 500;

/**
 * Refuses records before the disk is full, so that what was accepted can still be loaded, and its results be kept.
 * @param folder of an embedded store; null: the store is elsewhere, and says so itself.
 */
export function createDiskRoom(folder: string | null): RequireDiskRoom {
  let freshUntil = Number.NEGATIVE_INFINITY;
  let isLow = false;
  return async () => {
    if (folder === null) return;
    const now = performance.now();
    if (now >= freshUntil) {
      freshUntil = now + freshMilliseconds;
      isLow = (await freeBytes(folder)) < leastFreeBytes;
    }
    if (isLow)
      throw new Failure('Overloaded', 'The disk of the data folder is almost full: nothing was stored', {
        remedy: 'Free some space on it; the server goes on by itself.',
      });
  };
}
