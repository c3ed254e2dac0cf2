import { createBodyOpener } from '../intake/stored-body.ts';
import {
  type OpenSessionParts,
  type OpenTargetParts,
  openLoadSession,
  openTarget,
} from './open-load-session.ts';
import { createParseRoom } from './parse-room.ts';
import { runLoad } from './run-load.ts';
import type { Runner, Runners, RunnersGiven } from './runner.ts';

/** Runners in this thread. */
export function createLocalRunners(
  parts: OpenTargetParts & OpenSessionParts,
  { readBodies, parsedBytes }: Omit<RunnersGiven, 'idleMilliseconds'>,
): Runners {
  const openBody = createBodyOpener();
  const room = createParseRoom({ bytes: parsedBytes });
  return {
    async open(target, signal): Promise<Runner> {
      const session = await openLoadSession(await openTarget(target, parts), signal, parts);
      const { recall } = session;
      return {
        run: (load, options) => runLoad(load, session, options, { readBodies, openBody, room }),
        settle: (plan, ending) => session.settle(plan, ending),
        marks: (lane) => session.marks(lane),
        dropMarks: (lane, loadIds) => session.dropMarks(lane, loadIds),
        ...(recall && { recall: (lane, asked, ending) => recall.call(session, lane, asked, ending) }),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}
