import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { findType } from '../../destinations/registry.ts';
import type { Session } from '../../destinations/session.ts';
import { assert } from '../../errors/bug.ts';
import { createBodyOpener } from '../../intake/stored-body.ts';
import { serveCalls } from '../../lib/serve-calls.ts';
import { createNetwork } from '../../network/create-network.ts';
import { openLoadSession } from '../open-load-session.ts';
import { createParseRoom } from '../parse-room.ts';
import { runLoad } from '../run-load.ts';
import type { ReadBody, RunOptions } from '../runner.ts';
import type { FromRun, OfSession, RunnerCalls, RunnerThreadData, ToRun } from './runner-calls.ts';
import { NoSession, runnerErrors } from './runner-errors.ts';

/** A thread that loads: sessions, parsing, shaping and encoding. Started by `createThreadRunners`. */
const { network: options, cloud, parsedBytes } = workerData as RunnerThreadData;
const network = createNetwork(options);
const openBody = createBodyOpener();
const room = createParseRoom({ bytes: parsedBytes });

interface Open {
  readonly session: Session;
  readonly end: AbortController;
}
const sessions = new Map<string, Open>();

function openOf({ session }: OfSession): Open {
  const open = sessions.get(session);
  if (!open) throw new NoSession('the session is gone');
  return open;
}

assert(parentPort, 'this file runs as a thread');
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
    async run({ load, waits, port, ...of }, { signal }) {
      const line = openLine(port, waits);
      try {
        const { session } = openOf(of);
        const { readBody, turn, onRead } = line;
        const given: RunOptions = { signal, onRead, ...(turn && { turn }) };
        return await runLoad(load, session, given, { readBody, openBody, room });
      } finally {
        port.close();
      }
    },
    settle: ({ plan, ...of }, { signal }) => openOf(of).session.settle(plan, signal),
    marks: ({ lane, ...of }) => openOf(of).session.marks(lane),
    dropMarks: ({ lane, loadIds, ...of }) => openOf(of).session.dropMarks(lane, loadIds),
    async recall({ lane, asked, ...of }, { signal }) {
      const { session } = openOf(of);
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
  { port: parentPort, errors: runnerErrors },
);

interface Line {
  readonly readBody: ReadBody;
  readonly turn: Promise<void> | undefined;
  onRead(): Promise<void>;
}

/** The other end of a run: asks for bodies, and is told when its turn has come. */
function openLine(port: MessagePort, waits: boolean): Line {
  const wanted = new Map<string, PromiseWithResolvers<Uint8Array>>();
  const turn = Promise.withResolvers<void>();
  let read: PromiseWithResolvers<void> | undefined;
  const tell = (message: FromRun): void => port.postMessage(message);
  port.on('message', (message: ToRun) => {
    if (message.kind === 'turn') return turn.resolve();
    if (message.kind === 'go-on') return read?.resolve();
    if (message.kind === 'stop') return read?.reject(new Error('the load must not go on'));
    const body = wanted.get(message.batchId);
    wanted.delete(message.batchId);
    if (message.kind === 'body') body?.resolve(message.bytes);
    else body?.reject(new Error('the body cannot be had'));
  });
  return {
    readBody(batchId) {
      const asked = wanted.get(batchId) ?? Promise.withResolvers<Uint8Array>();
      if (!wanted.has(batchId)) tell({ kind: 'want', batchId });
      wanted.set(batchId, asked);
      return asked.promise;
    },
    turn: waits ? turn.promise : undefined,
    onRead() {
      read = Promise.withResolvers<void>();
      tell({ kind: 'read' });
      return read.promise;
    },
  };
}
