import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../errors/failure.ts';

/**
 * Makes the data folder, for its owner alone, unless it is there; returns its absolute path.
 * @throws {Failure} InvalidConfiguration when it cannot be made.
 */
export function makeFolder(folder: string): string {
  const absolute = path.resolve(folder);
  try {
    mkdirSync(absolute, { recursive: true, mode: 0o700 });
    return absolute;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Failure('InvalidConfiguration', `The data folder ${absolute} cannot be made (${code}).`, {
      remedy: 'Set BACKSTITCH_DATA to a folder that the user who runs the server may write to.',
      cause: error,
    });
  }
}

/** The absolute path of a data folder that is there. @throws {Failure} InvalidConfiguration when it is not. */
export function findFolder(folder: string): string {
  const absolute = path.resolve(folder);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return absolute;
  throw noInstallation(absolute);
}

/** A command has been pointed at a place where no server has started yet. */
export const noInstallation = (folder: string): Failure =>
  new Failure('InvalidConfiguration', `There is no installation in ${folder}.`, {
    remedy:
      'Set BACKSTITCH_DATA to the data folder of a server, or start the server once, which makes it. A server elsewhere is chosen with: backstitch login.',
  });
