import { NetworkError } from './network.ts';

/**
 * Waits for `work`, but no longer than until the signal aborts: then it rejects with `timeout`. The work itself goes
 * on; whoever began it ends it. Rejects at once when the signal has already aborted.
 */
export async function orAbort<T>(
  work: Promise<T>,
  signal: AbortSignal,
  timeout: { readonly message: string; readonly facts: Record<string, string> },
): Promise<T> {
  const gaveUp = Promise.withResolvers<never>();
  const giveUp = () =>
    gaveUp.reject(
      new NetworkError('timeout', timeout.message, { facts: timeout.facts, cause: signal.reason }),
    );
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([gaveUp.promise, work]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
