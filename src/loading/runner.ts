import type { Session } from '../destinations/session.ts';
import type { LoadResult } from '../model/load-result.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { PackedBody } from '../store/packed-body.ts';
import type { LoadTarget } from './open-load-session.ts';

/**
 * A session of a destination, together with what reads and parses the bodies of its loads. It may live in another
 * thread: what goes in and comes out is plain data, and parsed values stay where they are parsed.
 */
export interface Runner extends Omit<Session, 'load'> {
  /** Runs a planned load; see `runLoad` for what it throws. */
  run(load: RunnableLoad, options: RunOptions): Promise<LoadResult>;
}

/** What of a planned load is needed to run it; no credentials. */
export type RunnableLoad = Pick<
  PlannedLoad,
  'loadId' | 'accountId' | 'source' | 'table' | 'fence' | 'batchedAt' | 'standingFence' | 'batches'
>;

export interface RunOptions {
  readonly signal: AbortSignal;
  /** As in a `LoadPlan`; left out when there is no load before it under way. */
  readonly turn?: Promise<unknown>;
  /**
   * Called once all records are shaped, and awaited before anything comes of them. Called again when they have to be gone
   * through again; not called when there is nothing to do. What it throws ends the load.
   */
  onRead?(): void | Promise<void>;
}

/** Reads accepted bodies as they are kept, in the order of their ids. @throws {SpoolDamage} when one is not all there. */
export type ReadBodies = (batchIds: readonly string[]) => Promise<readonly PackedBody[]>;

/** What a loader gives to its runners. */
export interface RunnersGiven {
  readonly readBodies: ReadBodies;
  /** Raw bytes of large bodies that are parsed at the same time. */
  readonly parsedBytes: number;
  /** A thread that had nothing to do for so long ends. */
  readonly idleMilliseconds: number;
}

/** Where runners come from: this thread, or others. */
export interface Runners extends AsyncDisposable {
  /**
   * Opens a session with the credentials of the revision that the target names.
   * @param signal ends the session, and whatever it is doing.
   * @throws {LoadFailure} the destination cannot be reached, refuses us, or its settings cannot be used.
   * @throws {LoadCrash} the thread that was to hold it is gone.
   */
  open(target: LoadTarget, signal: AbortSignal): Promise<Runner>;
}
