import { randomUUID } from 'node:crypto';
import { LoadFailure, laneMoved } from '../destinations/session.ts';
import type { Clock } from '../lib/clock.ts';
import { keepLease } from '../lib/keep-lease.ts';
import type { Log } from '../lib/log.ts';
import type { LoadResult } from '../model/load-result.ts';
import type { Place } from '../model/place.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { Store } from '../store/store.ts';
import { compareLane } from './compare-lane.ts';
import type { Endings } from './endings.ts';
import type { Ahead, Follower, FollowLoad } from './follow-load.ts';
import { halve, isUnderSuspicion, narrowDown, underSuspicion } from './isolate.ts';
import type { LoaderOptions } from './loader-options.ts';
import type { Marks } from './marks.ts';
import type { Rests } from './rests.ts';
import { LoadCrash, planOf } from './run-load.ts';
import type { Runner } from './runner.ts';
import type { LentSession, Sessions } from './sessions.ts';

/**
 * Carries a planned load, and those of its lane that follow on it: each to its result in the store, or back to where it
 * came from. Never rejects. After `stopping` no further load is begun; soon after `cut` it ends, and what is not
 * complete is free for others.
 */
export type CarryLoad = (load: PlannedLoad, signals: CarrySignals) => Promise<void>;

export interface CarrySignals {
  readonly stopping: AbortSignal;
  readonly cut: AbortSignal;
}

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
  readonly follow: FollowLoad;
}

/** A load under way. */
interface Carriage {
  readonly load: PlannedLoad;
  readonly signal: AbortSignal;
  readonly started: number;
  readonly follower: Follower;
  /** Runs the load; what was staged ahead has only to be merged, once. */
  run(session: Runner, changes?: Partial<PlannedLoad>): Promise<LoadResult>;
}

export function createCarrier(parts: CarryParts): CarryLoad {
  const { store, clock, log, options, sessions, rests, marks, endings, follow } = parts;
  const created = clock.monotonic();

  async function carry(first: PlannedLoad, signals: CarrySignals): Promise<void> {
    const turnBegan = clock.monotonic();
    let next = await carryOne(first, null, turnBegan, signals);
    while (next !== null) next = await carryOne(next.load, next, turnBegan, signals);
  }

  /** The load that the lane has gone over to; null: the lane is free, or in other hands. */
  async function carryOne(
    load: PlannedLoad,
    staged: Ahead | null,
    turnBegan: number,
    { stopping, cut }: CarrySignals,
  ): Promise<Ahead | null> {
    const { loadId, fence } = load;
    const lost = new AbortController();
    const signal = AbortSignal.any([cut, lost.signal]);
    const lease = keepLease({
      ...options,
      clock,
      renew: () => store.loads.heartbeat({ loadId, fence, leaseMilliseconds: options.leaseMilliseconds }),
      onLost: () => lost.abort(),
      onTrouble: (error) =>
        log.warn({ load: loadId, err: error }, 'the lease of a load could not be renewed'),
    });
    const follower = follow(load, { turnBegan, stopping, signal });
    let next: Ahead | null = null;
    try {
      const started = staged?.started ?? clock.monotonic();
      next = await attempt(
        { load, signal, started, follower, run: runner(load, staged, signal, follower) },
        staged,
      );
    } catch (error) {
      if (lost.signal.aborted) log.info({ load: loadId }, 'a load was no longer ours');
      else await handBack(load, error, cut);
    } finally {
      lease.stop();
      if (next === null) await follower.giveUp(new LaneFreed());
    }
    return next;
  }

  function runner(
    load: PlannedLoad,
    staged: Ahead | null,
    signal: AbortSignal,
    { begin }: Follower,
  ): Carriage['run'] {
    let ahead = staged;
    const { loadId, fence } = load;
    // Who is killed before a load under suspicion is read, or when it is committed, says nothing about its records.
    const blame = async (isToBlame: boolean) => {
      if (isUnderSuspicion(load)) await store.loads.blame({ loadId, fence, isToBlame });
    };
    const onRead = async () => {
      await blame(false);
      begin();
    };
    return async (session, changes) => {
      const waiting = ahead;
      ahead = null;
      if (waiting === null) {
        await blame(true);
        return await session.run({ ...load, ...changes }, { signal, onRead });
      }
      void waiting.read.then(begin);
      return await waiting.go(signal);
    };
  }

  async function handBack(load: PlannedLoad, error: unknown, cut: AbortSignal): Promise<void> {
    const { loadId, fence } = load;
    try {
      if (cut.aborted) await store.loads.release({ loadId, fence });
      else await endings.failed(load, error);
    } catch (trouble) {
      log.warn({ load: loadId, err: trouble }, 'a load waits until its lease has run out');
    }
  }

  async function attempt(carriage: Carriage, staged: Ahead | null): Promise<Ahead | null> {
    const { load, started } = carriage;
    if (staged !== null) return await loadWith(staged.lent, carriage);
    const early = created + options.suspicionMilliseconds - started;
    if (isUnderSuspicion(load) && early > 0) {
      await endings.putBack(load, underSuspicion(load), early);
      return null;
    }
    const rest = rests.ask(load.destination);
    if (rest) {
      await endings.putBack(load, rest.failure, rest.milliseconds);
      return null;
    }
    const lent = await reach(carriage);
    return lent && (await loadWith(lent, carriage));
  }

  /** Null: the destination cannot be reached, and the load was put back. */
  async function reach({ load, signal }: Carriage): Promise<LentSession | null> {
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

  async function loadWith(lent: LentSession, carriage: Carriage): Promise<Ahead | null> {
    const { load, signal, started, follower } = carriage;
    let isFit = false;
    try {
      const result = await resultOf(carriage, lent.session);
      isFit = true;
      rests.reached(load.destination);
      if (result === null) return null;
      const place = await placeOf(carriage, lent.session);
      const next = await follower.next();
      // What is of no use must not take up a connection that somebody else needs once the lane is free.
      if (next === null) await follower.giveUp(new LaneFreed());
      const completion = await endings.complete(load, { result, place, started, next: next?.load ?? null });
      if (completion !== 'lost') await marks.concluded(load, lent.session);
      return completion === 'gone_on' ? next : null;
    } catch (error) {
      if (!lent.isReused || isFit || signal.aborted || !isPassing(error)) throw error;
      // A session that was open for long may be dead, which says nothing about the destination.
      sessions.drop(load.destination.id);
      const fresh = await reach(carriage);
      return fresh && (await loadWith(fresh, carriage));
    } finally {
      await lent.giveBack(isFit);
    }
  }

  /** Null: the load is in other hands. */
  async function resultOf(carriage: Carriage, session: Runner): Promise<LoadResult | null> {
    const { load, signal } = carriage;
    const parts = { session, store, signal };
    if (load.batches.some(({ isUnwanted }) => isUnwanted)) {
      const result = await session.settle(planOf(load), signal);
      if (result === null) await endings.discard(load);
      return result;
    }
    if (isUnderSuspicion(load)) {
      const isolation = await narrowDown(load, parts);
      if (isolation.kind === 'done') return isolation.result;
      if (isolation.kind === 'poison') await endings.quarantine(load, idsOf(load), isolation.reason);
      if (isolation.kind !== 'whole') return null;
    }
    try {
      return await runCompared(carriage, session);
    } catch (error) {
      if (!(error instanceof LoadCrash) || load.batches.length === 1) throw error;
      log.error(
        { load: load.loadId, err: error.cause },
        'a load cannot be carried as it is, and is taken apart',
      );
      const isolation = await halve(load, parts);
      return isolation.kind === 'done' ? isolation.result : null;
    }
  }

  async function runCompared({ load, signal, run }: Carriage, session: Runner): Promise<LoadResult | null> {
    try {
      return await run(session);
    } catch (error) {
      if (!(error instanceof LoadFailure) || error.code !== laneMoved) throw error;
      const comparison = await compareLane(load, session, { store, log }, signal);
      if (comparison.kind === 'done') return comparison.result;
      // The comparison has left our own fence there.
      return comparison.kind === 'go' ? await run(session, { standingFence: load.fence }) : null;
    }
  }

  /** Null: the destination does not tell, or not now. */
  async function placeOf({ load, signal }: Carriage, session: Runner): Promise<Place | null> {
    const { lane } = planOf(load);
    const recalled = session.recall?.(lane, { loadIds: [], batchIds: [] }, signal);
    return (await recalled?.catch(() => null))?.place ?? null;
  }

  return carry;
}

/** Why a load that was begun ahead ends: it is loaded in its turn. */
class LaneFreed extends Error {
  override readonly name = 'LaneFreed';
}

const isPassing = (error: unknown): boolean => error instanceof LoadFailure && error.kind === 'passing';

const idsOf = ({ batches }: PlannedLoad): string[] => batches.map(({ id }) => id);
