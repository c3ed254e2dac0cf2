import type { Session } from '../destinations/session.ts';
import { type OpenSessionParts, openLoadSession } from './open-load-session.ts';
import { type LoadSurroundings, runLoad } from './run-load.ts';
import type { Runner, Runners } from './runner.ts';

/** Runners in this thread. */
export function createLocalRunners(parts: OpenSessionParts, surroundings: LoadSurroundings): Runners {
  return {
    open: async (target, signal) => asRunner(await openLoadSession(target, signal, parts), surroundings),
    async [Symbol.asyncDispose]() {},
  };
}

/** A session that stands in this thread. */
export function asRunner(session: Session, surroundings: LoadSurroundings): Runner {
  const { recall } = session;
  return {
    run: (load, options) => runLoad(load, session, options, surroundings),
    settle: (plan, signal) => session.settle(plan, signal),
    marks: (lane) => session.marks(lane),
    dropMarks: (lane, loadIds) => session.dropMarks(lane, loadIds),
    ...(recall && { recall: (lane, asked, signal) => recall.call(session, lane, asked, signal) }),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
