import type { MessagePort } from 'node:worker_threads';
import type { DestinationType } from '../../destinations/destination.ts';
import type { Session } from '../../destinations/session.ts';
import { assert } from '../../errors/bug.ts';
import { createBodyOpener } from '../../intake/stored-body.ts';
import { serveCalls } from '../../lib/serve-calls.ts';
import { createNetwork } from '../../network/create-network.ts';
import type { PackedBody } from '../../store/packed-body.ts';
import { openLoadSession } from '../open-load-session.ts';
import { createParseRoom } from '../parse-room.ts';
import { runLoad } from '../run-load.ts';
import type { ReadBodies, RunOptions } from '../runner.ts';
import { takeBodies } from './carried-bodies.ts';
import type { FromRun, OfSession, RunnerCalls, RunnerThreadData, ToRun } from './runner-calls.ts';
import { NoSession, runnerErrors } from './runner-errors.ts';

export interface ServeRunnersOptions {
  readonly port: MessagePort;
  readonly given: RunnerThreadData;
  findType(name: string): DestinationType | undefined;
}

interface Open {
  readonly session: Session;
  readonly end: AbortController;
}

/** The side of the thread: sessions, parsing, shaping and encoding. */
export function serveRunners({ port, given, findType }: ServeRunnersOptions): void {
  const { cloud } = given;
  const network = createNetwork(given.network);
  const openBody = createBodyOpener();
  const room = createParseRoom({ bytes: given.parsedBytes });
  const sessions = new Map<string, Open>();

  function sessionOf({ session }: OfSession): Session {
    const open = sessions.get(session);
    if (!open) throw new NoSession('the session is gone');
    return open.session;
  }

  serveCalls<RunnerCalls>(
    {
      async open({ session: id, target }, { signal }) {
        const end = new AbortController();
        const giveUp = () => end.abort(signal.reason);
        signal.addEventListener('abort', giveUp, { once: true });
        const session = await openLoadSession(target, end.signal, { network, cloud, findType });
        signal.removeEventListener('abort', giveUp);
        sessions.set(id, { session, end });
        return { recalls: session.recall !== undefined };
      },
      async run({ load, waits, port: line, ...of }, { signal }) {
        try {
          const { readBodies, turn, onRead } = openLine(line, waits, signal);
          const options: RunOptions = { signal, onRead, ...(turn && { turn }) };
          return await runLoad(load, sessionOf(of), options, { readBodies, openBody, room });
        } finally {
          line.close();
        }
      },
      settle: ({ plan, ...of }, { signal }) => sessionOf(of).settle(plan, signal),
      marks: ({ lane, ...of }) => sessionOf(of).marks(lane),
      dropMarks: ({ lane, loadIds, ...of }) => sessionOf(of).dropMarks(lane, loadIds),
      async recall({ lane, asked, ...of }, { signal }) {
        const session = sessionOf(of);
        assert(session.recall, 'a session that remembers nothing was asked');
        return await session.recall(lane, asked, signal);
      },
      async close({ session: id }) {
        const open = sessions.get(id);
        sessions.delete(id);
        try {
          await open?.session[Symbol.asyncDispose]();
        } finally {
          open?.end.abort();
        }
      },
    },
    { port, errors: runnerErrors },
  );
}

interface Line {
  readonly readBodies: ReadBodies;
  readonly turn: Promise<void> | undefined;
  onRead(): Promise<void>;
}

/** The other end of a run: asks for bodies, and is told when its turn has come. All of it ends with the signal. */
function openLine(port: MessagePort, waits: boolean, signal: AbortSignal): Line {
  const wanted: PromiseWithResolvers<readonly PackedBody[]>[] = [];
  const turn = Promise.withResolvers<void>();
  let read: PromiseWithResolvers<void> | undefined;
  const tell = (message: FromRun): void => port.postMessage(message);
  const end = (): void => {
    for (const waiting of [turn, read, ...wanted]) waiting?.reject(signal.reason);
  };
  // Whoever waits for it meets it.
  turn.promise.catch(() => {});
  signal.addEventListener('abort', end, { once: true });
  port.on('message', (message: ToRun) => {
    if (message.kind === 'turn') return turn.resolve();
    if (message.kind === 'go-on') return read?.resolve();
    if (message.kind === 'stop') return read?.reject(new Error('the load must not go on'));
    if (message.kind === 'bodies') wanted.shift()?.resolve(takeBodies(message.carried));
    else wanted.shift()?.reject(new Error('the bodies cannot be had'));
  });
  return {
    readBodies(batchIds) {
      const bodies = Promise.withResolvers<readonly PackedBody[]>();
      wanted.push(bodies);
      tell({ kind: 'want', batchIds });
      return bodies.promise;
    },
    turn: waits ? turn.promise : undefined,
    onRead() {
      read = Promise.withResolvers<void>();
      tell({ kind: 'read' });
      return read.promise;
    },
  };
}
