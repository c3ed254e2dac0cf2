import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createBell } from '../lib/bell.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { PackedBody } from '../store/packed-body.ts';
import type { Store } from '../store/store.ts';
import { createCarrier } from './carry-load.ts';
import { createEndings } from './endings.ts';
import { createFollowing } from './follow-load.ts';
import { defaultLoaderOptions, type LoaderOptions } from './loader-options.ts';
import type { LoadEvent, Loader } from './loading.ts';
import { createMarks } from './marks.ts';
import { createRests } from './rests.ts';
import { startRetention } from './retention.ts';
import type { Runners, RunnersGiven } from './runner.ts';
import { createSessions } from './sessions.ts';

export interface LoaderParts {
  readonly store: Pick<Store, 'checks' | 'loads' | 'spool' | 'subscribe'>;
  /** Where sessions are opened and loads run. The loader disposes them. */
  openRunners(given: RunnersGiven): Runners;
  readonly clock: Clock;
  readonly log: Log;
  readonly options?: Partial<LoaderOptions>;
}

/** Hints come with every commit that touches a lane; a look that found nothing is not repeated sooner than this. */
const LULL_MILLISECONDS = 10;
/** A thread without sessions ends so long after the last of them may have been closed. */
const THREAD_IDLE_MILLISECONDS = 2_000;
/** Bodies of one load. */
const READ_AT_ONCE = 8;
/** How long a load that was cut off may take to end before nobody waits for it any more. */
const CUT_OFF_MILLISECONDS = 3_000;

export function createLoader(parts: LoaderParts): Loader {
  const { store, clock, log } = parts;
  const options = { ...defaultLoaderOptions, ...parts.options };
  const owner = randomUUID();
  const bell = createBell();
  /** No more loads are taken. */
  const stopping = new AbortController();
  /** Loads under way end. */
  const cut = new AbortController();
  const running = new Set<Promise<void>>();
  const listeners = new Set<(event: LoadEvent) => void>();
  let unsubscribe = () => {};
  let loop = Promise.resolve();
  let retention: AsyncDisposable | undefined;
  let stopped: Promise<void> | undefined;

  const random = Math.random;
  const runners = parts.openRunners({
    readBodies,
    parsedBytes: options.parsedBytes,
    idleMilliseconds: options.idleMilliseconds + THREAD_IDLE_MILLISECONDS,
  });
  const sessions = createSessions({
    log,
    idleMilliseconds: options.idleMilliseconds,
    open: (target, signal) => runners.open(target, signal),
  });
  const carry = createCarrier({
    store,
    clock,
    log,
    options,
    sessions,
    rests: createRests({ clock, backoff: options, random }),
    marks: createMarks({ log }),
    endings: createEndings({ ...options, store, clock, log, backoff: options, emit, random }),
    follow: createFollowing({ store, sessions, clock, log, options }),
  });

  async function readBodies(batchIds: readonly string[]): Promise<PackedBody[]> {
    const bodies: PackedBody[] = [];
    for (let from = 0; from < batchIds.length; from += READ_AT_ONCE)
      bodies.push(
        ...(await Promise.all(batchIds.slice(from, from + READ_AT_ONCE).map(store.spool.readPacked))),
      );
    return bodies;
  }

  function emit(event: LoadEvent): void {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        log.error({ err: error }, 'a listener to loads failed');
      }
    }
  }

  async function takeUntilStopped(): Promise<void> {
    let mayGather = false;
    while (!stopping.signal.aborted) {
      const free = options.concurrency - running.size;
      const planned = free > 0 ? await plan(free) : [];
      for (const load of planned) begin(load);
      if (planned.length > 0) continue;
      // What rang the bell may be waiting for company: one more look when that is over.
      const { joinMilliseconds, pollMilliseconds } = options;
      mayGather = await bell.wait(mayGather ? joinMilliseconds + LULL_MILLISECONDS : pollMilliseconds);
      if (mayGather) await rest(LULL_MILLISECONDS);
    }
  }

  async function plan(limit: number): Promise<PlannedLoad[]> {
    const { leaseMilliseconds, maxBytes, maxBatches, perDestination, joinMilliseconds, joinBytes } = options;
    const join = { milliseconds: joinMilliseconds, bytes: joinBytes };
    try {
      const limits = { leaseMilliseconds, maxBytes, maxBatches, lanesPerDestination: perDestination, join };
      return await store.loads.plan({ owner, limit, ...limits });
    } catch (error) {
      log.warn({ err: error }, 'loads could not be planned; trying again');
      await rest(options.pollMilliseconds);
      return [];
    }
  }

  const rest = (milliseconds: number): Promise<void> =>
    pause(milliseconds, undefined, { signal: stopping.signal }).catch(() => {});

  function begin(load: PlannedLoad): void {
    const ended = carry(load, { stopping: stopping.signal, cut: cut.signal }).finally(() => {
      running.delete(ended);
      bell.ring();
    });
    running.add(ended);
  }

  async function stop(): Promise<void> {
    unsubscribe();
    stopping.abort();
    bell.ring();
    await retention?.[Symbol.asyncDispose]();
    await loop;
    await allEnded(options.finishMilliseconds);
    cut.abort();
    await allEnded(CUT_OFF_MILLISECONDS);
    await sessions[Symbol.asyncDispose]();
    await runners[Symbol.asyncDispose]();
  }

  /** Resolves when no load is under way any more, or after so many milliseconds. */
  async function allEnded(milliseconds: number): Promise<void> {
    const waiting = new AbortController();
    const patience = pause(milliseconds, undefined, { signal: waiting.signal }).catch(() => {});
    await Promise.race([Promise.all(running), patience]);
    waiting.abort();
  }

  return {
    start() {
      unsubscribe = store.subscribe('loads', bell.ring);
      loop = takeUntilStopped();
      retention = startRetention({ loads: store.loads, clock, log, options });
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get running() {
      return running.size;
    },
    [Symbol.asyncDispose]() {
      stopped ??= stop();
      return stopped;
    },
  };
}
