import type { Session } from '../destinations/session.ts';
import type { LoadResult } from '../model/load-result.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { LoadTarget } from './open-load-session.ts';

/**
 * A session of a destination, together with what reads and parses the bodies of its loads. It may live in another
 * thread: what goes in and comes out is plain data, and parsed values stay where they are parsed.
 */
export interface Runner extends Omit<Session, 'load'> {
  /**
   * Runs a planned load; see `runLoad` for what it throws.
   * @param options.turn as in a `LoadPlan`; left out when there is no load before it under way.
   * @param options.onRead called once all records of the load are shaped, and awaited before they merge. Called again when
   * they have to be gone through again; not called when there is nothing to do.
   */
  run(load: PlannedLoad, options: RunOptions): Promise<LoadResult>;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly turn?: Promise<unknown>;
  onRead?(): void | Promise<void>;
}

/** Where runners come from: this thread, or others. */
export interface Runners extends AsyncDisposable {
  /**
   * Opens a session with the credentials of the revision that the target names.
   * @param signal ends the session, and whatever it is doing.
   * @throws {LoadFailure} the destination cannot be reached, refuses us, or its settings cannot be used.
   */
  open(target: LoadTarget, signal: AbortSignal): Promise<Runner>;
}
