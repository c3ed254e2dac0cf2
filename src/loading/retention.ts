import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { LoadStore } from '../store/load-store.ts';
import type { LoaderOptions } from './loader-options.ts';

export interface RetentionParts {
  readonly loads: Pick<LoadStore, 'retain'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: Pick<LoaderOptions, 'keepMilliseconds' | 'keepBytes' | 'dropEveryMilliseconds'>;
}

/**
 * Drops payloads that need not be kept any more, again and again, until it is disposed. Several processes may do so on
 * one store. A step that fails is logged and made up for by the next.
 */
export function startRetention({ loads, clock, log, options }: RetentionParts): AsyncDisposable {
  const stopping = new AbortController();
  let step = Promise.resolve();

  const drop = async (): Promise<void> => {
    const limits = { olderThan: clock.now() - options.keepMilliseconds, maxBytes: options.keepBytes };
    try {
      while (!stopping.signal.aborted && (await loads.retain(limits)).more);
    } catch (error) {
      log.warn({ err: error }, 'payloads that need not be kept could not be dropped; trying again');
    }
  };
  const timer = setInterval(() => {
    step = step.then(drop);
  }, options.dropEveryMilliseconds);
  timer.unref();

  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      clearInterval(timer);
      await step;
    },
  };
}
