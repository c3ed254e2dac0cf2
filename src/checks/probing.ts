import { randomUUID } from 'node:crypto';
import type { Log } from '../lib/log.ts';
import type { CheckStore } from '../store/store.ts';

export interface ProbingOptions {
  /** A destination that refuses us is checked again so long after its last check: more would lock accounts. */
  readonly probeMilliseconds: number;
  /** How often to look for such destinations. */
  readonly probeEveryMilliseconds: number;
}

/** Destinations that are probed at a time; the others come with the next look. */
const most = 20;

/**
 * Checks destinations that refused us again and again, until disposed: what was wrong may have been mended on their
 * side, where nobody tells us. A check that succeeds ends the rest of their tables. Several processes may do so on one
 * store.
 */
export function startProbing(parts: {
  readonly checks: Pick<CheckStore, 'probe'>;
  readonly log: Log;
  readonly options: ProbingOptions;
}): AsyncDisposable {
  const { checks, log, options } = parts;
  let step = Promise.resolve();
  const probe = async (): Promise<void> => {
    const uuids = Array.from({ length: most }, () => randomUUID());
    try {
      await checks.probe({ restMilliseconds: options.probeMilliseconds, uuids });
    } catch (error) {
      log.warn({ err: error }, 'destinations that refuse us could not be probed; trying again');
    }
  };
  const timer = setInterval(() => {
    step = step.then(probe);
  }, options.probeEveryMilliseconds);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await step;
    },
  };
}
