import { randomUUID } from 'node:crypto';
import { LoadFailure, laneMoved, type Session } from '../destinations/session.ts';
import type { Clock } from '../lib/clock.ts';
import { keepLease } from '../lib/keep-lease.ts';
import type { Log } from '../lib/log.ts';
import type { LoadResult } from '../model/load-result.ts';
import type { Place } from '../model/place.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { Store } from '../store/store.ts';
import { compareLane } from './compare-lane.ts';
import type { Endings } from './endings.ts';
import { halve, isUnderSuspicion, narrowDown, underSuspicion, vouching } from './isolate.ts';
import type { LoaderOptions } from './loader-options.ts';
import type { Marks } from './marks.ts';
import type { Rests } from './rests.ts';
import { LoadCrash, planOf } from './run-load.ts';
import type { LentSession, Sessions } from './sessions.ts';

/**
 * Carries a planned load: to its result in the store, or back to where it came from. Never rejects. It ends soon
 * after `stopping`, and then the load is free for others.
 */
export type CarryLoad = (load: PlannedLoad, stopping: AbortSignal) => Promise<void>;

export interface CarryParts {
  readonly store: Pick<Store, 'loads' | 'checks'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: Pick<
    LoaderOptions,
    'leaseMilliseconds' | 'heartbeatMilliseconds' | 'suspicionMilliseconds' | 'probeMilliseconds'
  >;
  readonly sessions: Sessions;
  readonly rests: Rests;
  readonly marks: Marks;
  readonly endings: Endings;
  /** Runs a load in a session; as `runLoad`. */
  run(load: PlannedLoad, session: Session, signal: AbortSignal): Promise<LoadResult>;
}

export function createCarrier(parts: CarryParts): CarryLoad {
  const { store, clock, log, options, sessions, rests, marks, endings, run } = parts;
  const created = clock.monotonic();

  async function carry(load: PlannedLoad, stopping: AbortSignal): Promise<void> {
    const { loadId, fence } = load;
    const lost = new AbortController();
    const signal = AbortSignal.any([stopping, lost.signal]);
    const lease = keepLease({
      ...options,
      clock,
      renew: () => store.loads.heartbeat({ loadId, fence, leaseMilliseconds: options.leaseMilliseconds }),
      onLost: () => lost.abort(),
      onTrouble: (error) =>
        log.warn({ load: loadId, err: error }, 'the lease of a load could not be renewed'),
    });
    try {
      await attempt(load, signal);
    } catch (error) {
      if (lost.signal.aborted) log.info({ load: loadId }, 'a load was no longer ours');
      else await handBack(load, error, stopping);
    } finally {
      lease.stop();
    }
  }

  async function handBack(load: PlannedLoad, error: unknown, stopping: AbortSignal): Promise<void> {
    const { loadId, fence } = load;
    try {
      if (stopping.aborted) await store.loads.release({ loadId, fence });
      else await endings.failed(load, error);
    } catch (trouble) {
      log.warn({ load: loadId, err: trouble }, 'a load waits until its lease has run out');
    }
  }

  async function attempt(load: PlannedLoad, signal: AbortSignal): Promise<void> {
    const started = clock.monotonic();
    const early = created + options.suspicionMilliseconds - started;
    if (isUnderSuspicion(load) && early > 0) return await endings.putBack(load, underSuspicion(load), early);
    const rest = rests.ask(load.destination);
    if (rest) return await endings.putBack(load, rest.failure, rest.milliseconds);
    const lent = await reach(load, signal);
    if (lent) await loadWith(lent, load, signal, started);
  }

  /** Null: the destination cannot be reached, and the load was put back. */
  async function reach(load: PlannedLoad, signal: AbortSignal): Promise<LentSession | null> {
    const { destination } = load;
    try {
      const lent = await sessions.lend(load, signal);
      if (!lent.isReused) rests.reached(destination);
      return lent;
    } catch (error) {
      if (signal.aborted || !(error instanceof LoadFailure)) {
        rests.gaveUp(destination);
        throw error;
      }
      sessions.drop(destination.id);
      const milliseconds = rests.missed(destination, error);
      await endings.putBack(load, error, milliseconds);
      if (error.kind === 'refused' && milliseconds >= options.probeMilliseconds) await haveItChecked(load);
      return null;
    }
  }

  /** A check says what is wrong, and has the destination probed from then on; no load is planned until one succeeds. */
  async function haveItChecked({ accountId, destination }: PlannedLoad): Promise<void> {
    const check = { uuid: randomUUID(), origin: 'probe' } as const;
    await store.checks.request(accountId, destination.id, check).catch((error: unknown) => {
      log.warn({ err: error, destination: destination.id }, 'a destination that refuses us is not checked');
    });
  }

  async function loadWith(
    lent: LentSession,
    load: PlannedLoad,
    signal: AbortSignal,
    started: number,
  ): Promise<void> {
    let isFit = false;
    try {
      const result = await resultOf(load, lent.session, signal);
      isFit = true;
      rests.reached(load.destination);
      if (result === null) return;
      const place = await placeOf(load, lent.session, signal);
      if (await endings.complete(load, { result, place, started })) await marks.concluded(load, lent.session);
    } catch (error) {
      if (!lent.isReused || isFit || signal.aborted || !isPassing(error)) throw error;
      // A session that was open for long may be dead, which says nothing about the destination.
      sessions.drop(load.destination.id);
      const fresh = await reach(load, signal);
      if (fresh) await loadWith(fresh, load, signal, started);
    } finally {
      await lent.giveBack(isFit);
    }
  }

  /** Null: the load is in other hands. */
  async function resultOf(
    load: PlannedLoad,
    session: Session,
    signal: AbortSignal,
  ): Promise<LoadResult | null> {
    const parts = { session, store, signal };
    if (isUnderSuspicion(load)) {
      const isolation = await narrowDown(load, parts);
      if (isolation.kind === 'done') return isolation.result;
      if (isolation.kind === 'poison') await endings.quarantine(load, idsOf(load), isolation.reason);
      if (isolation.kind !== 'whole') return null;
    }
    try {
      return await runCompared(load, isUnderSuspicion(load) ? vouching(load, parts) : session, signal);
    } catch (error) {
      if (!(error instanceof LoadCrash) || load.batches.length === 1) throw error;
      log.error({ load: load.loadId, err: error.cause }, 'a load met a bug, and is taken apart');
      const isolation = await halve(load, parts);
      return isolation.kind === 'done' ? isolation.result : null;
    }
  }

  async function runCompared(
    load: PlannedLoad,
    session: Session,
    signal: AbortSignal,
  ): Promise<LoadResult | null> {
    try {
      return await run(load, session, signal);
    } catch (error) {
      if (!(error instanceof LoadFailure) || error.code !== laneMoved) throw error;
      const comparison = await compareLane(load, session, { store, log }, signal);
      if (comparison.kind === 'done') return comparison.result;
      // The comparison has left our own fence there.
      return comparison.kind === 'go'
        ? await run({ ...load, standingFence: load.fence }, session, signal)
        : null;
    }
  }

  /** Null: the destination does not tell, or not now. */
  async function placeOf(load: PlannedLoad, session: Session, signal: AbortSignal): Promise<Place | null> {
    const { lane } = planOf(load);
    const recalled = session.recall?.(lane, { loadIds: [], batchIds: [] }, signal);
    return (await recalled?.catch(() => null))?.place ?? null;
  }

  return carry;
}

const isPassing = (error: unknown): boolean => error instanceof LoadFailure && error.kind === 'passing';

const idsOf = ({ batches }: PlannedLoad): string[] => batches.map(({ id }) => id);
