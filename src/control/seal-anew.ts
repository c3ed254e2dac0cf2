import { Failure } from '../errors/failure.ts';

const attempts = 3;

/**
 * Runs a function that seals and stores. When the store refuses because the data key was retired in between (a
 * rotation went by), it runs again and seals with the new key.
 */
export async function sealAnew<T>(sealAndStore: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sealAndStore();
    } catch (error) {
      if (!isRetired(error) || attempt === attempts) throw error;
    }
  }
}

const isRetired = (error: unknown): boolean =>
  error instanceof Failure && error.code === 'SecretUnreadable' && error.data.retired === true;
