import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createBell } from '../lib/bell.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { CheckStep } from '../model/check.ts';
import type { ClaimedCheck, CompletedCheck, Store } from '../store/store.ts';
import { keepClaim } from './keep-claim.ts';
import { createOvertakenWatch } from './watch-overtaken.ts';

/** Takes waiting checks from the store and runs them, several at a time. */
export interface Runner {
  /** Called once. */
  start(): void;
  /** Ends what runs, hands it back to the store and takes nothing more. */
  stop(): Promise<void>;
}

export interface RunnerParts {
  readonly store: Pick<Store, 'checks' | 'subscribe'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: RunnerOptions;
  /** Runs a claimed check. Rejects when the signal ends it, or when it could not be run now. */
  run(claimed: ClaimedCheck, progress: RunProgress): Promise<CompletedCheck>;
  /** A check of this process has ended, or is no longer ours. */
  onEnd(name: string): void;
}

export interface RunProgress {
  readonly signal: AbortSignal;
  /** Called with each step that has ended. */
  onStep(step: CheckStep): void;
}

export interface RunnerOptions {
  /** Checks that this process runs at the same time. */
  readonly concurrency: number;
  /** Checks that an account without a quota of its own may start in a minute. */
  readonly perMinute: number;
  /** How long a check stays with a process that gives no sign of life. */
  readonly leaseMilliseconds: number;
  readonly heartbeatMilliseconds: number;
  /** How often to look for waiting checks when nothing hints at one. */
  readonly pollMilliseconds: number;
  /** How long a check may go on after newer settings have overtaken it, about. */
  readonly overtakenMilliseconds: number;
}

/** Hints come with every commit that touches a check; a look that found nothing is not repeated sooner than this. */
const LULL_MILLISECONDS = 20;

export function createRunner({ store, clock, log, options, run, onEnd }: RunnerParts): Runner {
  const owner = randomUUID();
  const stopping = new AbortController();
  const bell = createBell();
  const overtaken = createOvertakenWatch({
    store,
    log,
    owner,
    pollMilliseconds: options.overtakenMilliseconds,
  });
  const running = new Set<Promise<void>>();
  let unsubscribe = () => {};
  let loop = Promise.resolve();

  async function takeUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      const free = options.concurrency - running.size;
      const claimed = free > 0 ? await claim(free) : [];
      for (const check of claimed) begin(check);
      if (claimed.length > 0) continue;
      await rest(LULL_MILLISECONDS);
      await bell.wait(options.pollMilliseconds);
    }
  }

  async function claim(limit: number): Promise<ClaimedCheck[]> {
    const { leaseMilliseconds, perMinute: defaultPerMinute } = options;
    try {
      return await store.checks.claim({ owner, limit, leaseMilliseconds, defaultPerMinute });
    } catch (error) {
      log.warn({ err: error }, 'waiting connection checks could not be read; trying again');
      await rest(options.pollMilliseconds);
      return [];
    }
  }

  function begin(claimed: ClaimedCheck): void {
    const ended = runAndStore(claimed).finally(() => {
      running.delete(ended);
      onEnd(claimed.check.name);
      bell.ring();
    });
    running.add(ended);
  }

  /** Never rejects. */
  async function runAndStore(claimed: ClaimedCheck): Promise<void> {
    const { name } = claimed.check;
    const steps: CheckStep[] = [];
    const lost = new AbortController();
    const watch = overtaken.watch(name);
    const signal = AbortSignal.any([stopping.signal, lost.signal, watch.signal]);
    const lease = keepClaim({
      ...options,
      claimed,
      store,
      clock,
      log,
      steps: () => steps,
      onLost: () => lost.abort(),
    });
    try {
      signal.throwIfAborted();
      const result = await run(claimed, { signal, onStep: (step) => steps.push(step) });
      const stored = await store.checks.complete({ name, fence: claimed.fence, result });
      if (!stored) lost.abort();
    } catch (error) {
      if (!signal.aborted) {
        log.warn({ check: name, err: error }, 'a connection check could not be run; handing it back');
        await rest(options.pollMilliseconds);
      }
      if (!lost.signal.aborted) await handBack(claimed);
    } finally {
      lease.stop();
      watch.stop();
      // Another process has it, or its destination was deleted.
      if (lost.signal.aborted) log.info({ check: name }, 'a connection check was no longer ours');
    }
  }

  async function handBack({ check: { name }, fence }: ClaimedCheck): Promise<void> {
    try {
      await store.checks.release({ name, fence });
    } catch (error) {
      log.warn({ check: name, err: error }, 'a connection check waits until its lease has run out');
    }
  }

  const rest = (milliseconds: number): Promise<void> =>
    pause(milliseconds, undefined, { signal: stopping.signal }).catch(() => {});

  return {
    start() {
      unsubscribe = store.subscribe('checks', bell.ring);
      loop = takeUntilStopped();
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      bell.ring();
      await loop;
      await Promise.all(running);
    },
  };
}
