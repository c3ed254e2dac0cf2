import { LoadFailure, laneFenced } from '../destinations/session.ts';
import { Failure } from '../errors/failure.ts';
import { createBoundedCache } from '../lib/bounded-cache.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { LoadResult } from '../model/load-result.ts';
import type { Place } from '../model/place.ts';
import type { CompletedLoad, Completion, PlannedLoad } from '../store/load-store.ts';
import { SpoolDamage } from '../store/spool-store.ts';
import type { Store } from '../store/store.ts';
import { type Backoff, delayAfter } from './backoff.ts';
import type { LoadEvent, LoadTotals } from './loading.ts';
import { LoadCrash } from './run-load.ts';

/** The ways in which a load ends in the store. Each of them does nothing when the lease was lost. */
export interface Endings {
  /** Its rows stand in the destination. Unless the lease was lost, the result is durable. */
  complete(load: PlannedLoad, ended: EndedLoad): Promise<Completion>;
  /** It waits so many milliseconds, and is tried again. */
  putBack(load: PlannedLoad, failure: LoadFailure, milliseconds: number): Promise<void>;
  /** Batches of it are set aside for good; the others are planned anew. */
  quarantine(load: PlannedLoad, batchIds: readonly string[], reason: string): Promise<void>;
  /** Batches of it that somebody does not want are discarded; the others are planned anew. It does not stand there. */
  discard(load: PlannedLoad): Promise<void>;
  /** Something was thrown: puts the load back, or sets aside what is to blame. */
  failed(load: PlannedLoad, error: unknown): Promise<void>;
}

export interface EndedLoad {
  readonly result: LoadResult;
  /** Where its rows stand; null: not known. */
  readonly place: Place | null;
  /** On the steady clock. */
  readonly started: number;
  /** The load that the lane goes over to if it may; null: it is freed. */
  readonly next: Pick<PlannedLoad, 'loadId' | 'fence'> | null;
}

export interface EndingsParts {
  readonly store: Pick<Store, 'loads'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly backoff: Backoff;
  readonly leaseMilliseconds: number;
  emit(event: LoadEvent): void;
  /** From 0 to 1. */
  random(): number;
}

/** A batch at which our code fails alone, so often, is not loaded any more. */
const MOST_BUGS = 5;
/** Loads whose bugs are counted. */
const REMEMBERED_LOADS = 1_000;

export function createEndings(parts: EndingsParts): Endings {
  const { store, clock, log, backoff, emit, random } = parts;
  const bugs = createBoundedCache<string, number>({ maxSize: REMEMBERED_LOADS });
  const about = (load: PlannedLoad) => ({ load: load.loadId, source: load.source.id, table: load.table });

  const delayOf = ({ attempt }: PlannedLoad, { kind }: LoadFailure): number =>
    delayAfter(kind, attempt + 1, random(), backoff);

  async function completeInStore(done: CompletedLoad, next: EndedLoad['next']): Promise<Completion> {
    if (next === null) return (await store.loads.complete(done)) ? 'completed' : 'lost';
    const { leaseMilliseconds } = parts;
    const { loadId, fence } = next;
    return await store.loads.completeAndGoOn({ done, next: { loadId, fence }, leaseMilliseconds });
  }

  const endings: Endings = {
    async complete(load, { result, place, started, next }) {
      const { loadId, fence, batches } = load;
      const totals = totalsOf(result);
      const done = { loadId, fence, ...totals, result, ...(place && { place }) };
      const completion = await completeInStore(done, next);
      if (completion === 'lost') return completion;
      const seconds = (clock.monotonic() - started) / 1000;
      const oldest = Math.min(...batches.map(({ receivedAt }) => receivedAt));
      const lagSeconds = Math.max(0, clock.now() - oldest) / 1000;
      log.debug({ ...about(load), ...totals, batches: batches.length, seconds }, 'loaded');
      emit({ kind: 'loaded', load, result, totals, seconds, lagSeconds });
      return completion;
    },
    async putBack(load, failure, milliseconds) {
      const { loadId, fence } = load;
      const { message, code, kind } = failure;
      const now = clock.now();
      const retryAt = now + Math.ceil(milliseconds);
      const blocked = kind === 'blocked';
      const remedy = blocked ? `${failure.remedy} ${goesOn(load)}` : failure.remedy;
      const error = { message, remedy, code, since: now };
      // Whoever has the lane by now would have ended our lease: the fence is of a time that this store does not know.
      const fencedOff = code === laneFenced;
      if (!(await store.loads.fail({ loadId, fence, error, blocked, retryAt, fencedOff }))) return;
      log.info(
        { ...about(load), kind, code, reason: message, milliseconds },
        'a load failed; it is repeated',
      );
      emit({ kind: 'failed', load, error, blocked, retryAt });
    },
    async quarantine(load, batchIds, reason) {
      const { loadId, fence } = load;
      await store.loads.quarantine({ loadId, fence, batchIds, error: reason });
      log.error({ ...about(load), batches: batchIds, reason }, 'batches were quarantined');
      emit({ kind: 'quarantined', load, batchIds, reason });
    },
    async discard(load) {
      const { loadId, fence } = load;
      const batches = await store.loads.discardAsked({ loadId, fence });
      log.info({ ...about(load), batches }, 'batches were discarded, as somebody had asked');
    },
    async failed(load, error) {
      if (error instanceof SpoolDamage) return await endings.quarantine(load, [error.batchId], error.message);
      if (error instanceof LoadFailure) return await endings.putBack(load, error, delayOf(load, error));
      if (error instanceof LoadCrash) {
        log.error({ ...about(load), err: error.cause }, 'a load met a bug');
        const met = (bugs.get(load.loadId) ?? 0) + 1;
        bugs.set(load.loadId, met);
        const [batch, ...others] = load.batches;
        if (batch && others.length === 0 && met >= MOST_BUGS)
          return await endings.quarantine(load, [batch.id], error.message);
      } else log.warn({ ...about(load), err: error }, 'a load could not be carried');
      const failure = ownTrouble(error);
      await endings.putBack(load, failure, delayOf(load, failure));
    },
  };
  return endings;
}

/** What ends the waiting once somebody has acted. */
const goesOn = ({ destination }: PlannedLoad): string =>
  `Loading goes on within a minute of that, and at once after a check: POST /v4/destinations/${destination.id}/check.`;

/** Sums over all tables of a load. */
const totalsOf = ({ tables }: LoadResult): LoadTotals => ({
  rowsLoaded: tables.reduce((sum, table) => sum + table.rowsLoaded, 0),
  rowsRejected: tables.reduce((sum, table) => sum + table.rowsRejected, 0),
  droppedAsOlder: tables.reduce((sum, table) => sum + table.droppedAsOlder, 0),
});

/** What the user is shown while the trouble is ours. */
function ownTrouble(error: unknown): LoadFailure {
  if (error instanceof Failure)
    return new LoadFailure('passing', error.message, {
      remedy: error.remedy ?? 'Nothing has to be done: the load is repeated.',
      code: error.code,
      cause: error,
    });
  const message =
    error instanceof LoadCrash
      ? error.message
      : 'The server met a bug of its own while it loaded this table.';
  return new LoadFailure('passing', message, {
    remedy: "The load is repeated. If that does not help, report it with what the server's log says.",
    code: 'internal_error',
    cause: error,
  });
}
