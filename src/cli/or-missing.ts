import type { BackstitchError } from '@backstitch/client';
import { Failure } from '../errors/failure.ts';

/**
 * Names what is not there, which the words of the API's contract do not.
 * @param isThere for what the API shows although it was deleted
 * @throws {Failure} InvalidId
 */
export async function orMissing<T>(
  thing: 'destination' | 'source',
  id: number,
  asked: Promise<T>,
  isThere: (found: T) => boolean = () => true,
): Promise<T> {
  try {
    const found = await asked;
    if (isThere(found)) return found;
  } catch (error) {
    if (!(error instanceof Error) || (error as BackstitchError).code !== 'InvalidId') throw error;
  }
  throw new Failure('InvalidId', `the account has no ${thing} ${id}`, {
    remedy: `List those it has with: backstitch ${thing}s list`,
  });
}
