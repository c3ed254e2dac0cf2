import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { LoadResult } from '../model/load-result.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { Store } from '../store/store.ts';
import type { LoaderOptions } from './loader-options.ts';
import type { LentSession, Sessions } from './sessions.ts';

/** Looks after the load that comes after one under way: its rows are staged while that one merges. */
export interface Follower {
  /** The load under way is read: there is time for the next. Does nothing when called again. */
  begin(): void;
  /** The next load, if it is on its way and nothing went wrong with it. Null: the lane is to be freed. */
  next(): Promise<Ahead | null>;
  /** Ends what was begun; it stays planned. Resolves when nothing of it is left in the destination. Never rejects. */
  giveUp(reason: unknown): Promise<void>;
}

/** A load whose rows are staged, or on their way there, and that waits for its turn. */
export interface Ahead {
  readonly load: PlannedLoad;
  readonly lent: LentSession;
  /** When it was begun, on the steady clock. */
  readonly started: number;
  /** Resolves once all of its records are on their way. */
  readonly read: Promise<void>;
  /** Its turn has come: it is leased, and everything before it is committed. The signal ends it from now on. */
  go(signal: AbortSignal): Promise<LoadResult>;
}

export interface FollowParts {
  readonly store: Pick<Store, 'loads'>;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: Pick<LoaderOptions, 'maxBytes' | 'maxBatches' | 'aheadBytes' | 'turnMilliseconds'>;
}

export interface FollowOptions {
  /** When the lane's turn began, on the steady clock: lanes that wait come first when it has lasted long enough. */
  readonly turnBegan: number;
  /** Nothing is begun any more. */
  readonly stopping: AbortSignal;
  /** The load under way is over, with whatever was begun after it. */
  readonly signal: AbortSignal;
}

/** Follows a load under way. */
export type FollowLoad = (load: PlannedLoad, options: FollowOptions) => Follower;

/** So long a destination gets no second session for a lane after one could not be opened. */
const NO_SESSION_MILLISECONDS = 60_000;

export function createFollowing({ store, sessions, clock, log, options }: FollowParts): FollowLoad {
  /** By destination, on the steady clock: it has no room for second sessions until then. */
  const withoutRoom = new Map<number, number>();

  async function plan(
    load: PlannedLoad,
    { turnBegan, stopping }: FollowOptions,
  ): Promise<PlannedLoad | null> {
    const { maxBytes, maxBatches, aheadBytes: minBytes, turnMilliseconds } = options;
    const now = clock.monotonic();
    if (stopping.aborted || now < (withoutRoom.get(load.destination.id) ?? 0)) return null;
    withoutRoom.delete(load.destination.id);
    const { loadId, fence } = load;
    const unlessOthersWait = now - turnBegan > turnMilliseconds;
    return await store.loads.planNext({ loadId, fence, maxBytes, maxBatches, minBytes, unlessOthersWait });
  }

  function open(load: PlannedLoad, given: AbortSignal): Opened {
    const end = new AbortController();
    const signal = AbortSignal.any([given, end.signal]);
    const turn = Promise.withResolvers<void>();
    turn.promise.catch(() => {});
    const read = Promise.withResolvers<void>();
    const started = clock.monotonic();
    let lent: LentSession | null = null;
    let isSound = true;
    let isGoing = false;

    async function run(): Promise<LoadResult> {
      try {
        lent = await sessions.lend(load, signal);
      } catch (error) {
        if (!signal.aborted)
          withoutRoom.set(load.destination.id, clock.monotonic() + NO_SESSION_MILLISECONDS);
        throw error;
      }
      return await lent.session.run(load, { signal, turn: turn.promise, onRead: read.resolve });
    }
    const result = run();
    result.catch((error: unknown) => {
      isSound = false;
      if (!signal.aborted && !isGoing)
        log.debug(
          { load: load.loadId, err: error },
          'a load could not be staged ahead; it is loaded in its turn',
        );
    });

    return {
      get ahead() {
        if (!isSound || lent === null) return null;
        const go = (leased: AbortSignal): Promise<LoadResult> => {
          leased.addEventListener('abort', () => end.abort(leased.reason), { once: true });
          isGoing = true;
          turn.resolve();
          return result;
        };
        return { load, lent, started, read: read.promise, go };
      },
      async giveUp(reason) {
        end.abort(reason);
        turn.reject(reason);
        await result.catch(() => {});
        await lent?.giveBack(false);
      },
    };
  }

  return (load, given) => {
    let opening: Promise<Opened | null> | undefined;

    async function begin(): Promise<Opened | null> {
      try {
        const next = await plan(load, given);
        return next && open(next, given.signal);
      } catch (error) {
        log.debug({ load: load.loadId, err: error }, 'the next load could not be planned ahead');
        return null;
      }
    }
    const isWorthIt = bytesOf(load) >= options.aheadBytes;
    return {
      begin() {
        if (isWorthIt) opening ??= begin();
      },
      next: async () => (await opening)?.ahead ?? null,
      giveUp: async (reason) => await (await opening)?.giveUp(reason),
    };
  };
}

interface Opened {
  readonly ahead: Ahead | null;
  giveUp(reason: unknown): Promise<void>;
}

const bytesOf = ({ batches }: PlannedLoad): number =>
  batches.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
