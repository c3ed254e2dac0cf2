import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { type ServeParts, serve } from './serve.ts';

/** How long a server whose store has failed may take to end its answers. */
const LAST_ANSWERS_MILLISECONDS = 5_000;

/**
 * Serves until SIGTERM or SIGINT, then stops gracefully and returns the exit code 0; a second signal ends the process
 * at once. Returns 1 when the store can no longer be trusted. An error that nobody caught ends the process at once,
 * with 1: what is durable is in the store, and the next start goes on from there.
 * @throws {Failure} as {@link serve}.
 */
export async function serveUntilStopped(parts: ServeParts): Promise<0 | 1> {
  const { log } = parts;
  const told = Promise.withResolvers<'told'>();
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    signals += 1;
    if (signals > 1) process.exit(128 + constants.signals[signal]);
    log.info({ signal }, 'told to stop');
    told.resolve('told');
  };
  const onUncaught = (error: unknown) => {
    log.fatal({ err: error }, 'an error that nobody caught ends the server');
    process.exit(1);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  process.on('uncaughtException', onUncaught).on('unhandledRejection', onUncaught);
  try {
    const server = await serve(parts);
    const storeFailed = server.failed.catch((error: unknown) => {
      log.fatal({ err: error }, 'the store can no longer be trusted, so the server ends');
      return 'failed' as const;
    });
    if ((await Promise.race([told.promise, storeFailed])) === 'failed') {
      await Promise.race([server.close(), pause(LAST_ANSWERS_MILLISECONDS)]);
      return 1;
    }
    await server.close();
    return 0;
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    process.off('uncaughtException', onUncaught).off('unhandledRejection', onUncaught);
  }
}
