import process from 'node:process';
import type { Connector, DestinationType } from '../../src/destinations/destination.ts';
import { findType } from '../../src/destinations/registry.ts';
import type { LoadBatch, LoadMessage, Session } from '../../src/destinations/session.ts';

/**
 * PostgreSQL, but some records do harm to whoever loads them: `{"harm": "throw"}`, `{"harm": "kill"}`. With
 * `{"harm": "kill-once-committed"}` the first owner of the load dies between the two commits, with
 * `{"harm": "kill-committing"}` six or so die when they are about to commit.
 */
export function harmfulPostgres(die = () => void process.kill(process.pid, 'SIGKILL')): DestinationType {
  const postgres = findType('postgres');
  const load = postgres?.connector;
  if (!postgres || !load) throw new Error('there is no type postgres');
  return { ...postgres, connector: async () => harmful(await load(), die) };
}

function harmful(connector: Connector, die: () => void): Connector {
  return {
    ...connector,
    async open(settings, context) {
      const session = await connector.open?.(settings, context);
      if (!session) throw new Error('postgres cannot load');
      return watching(session, die);
    },
  };
}

const watching = (session: Session, die: () => void): Session => ({
  async load(plan, batches, signal) {
    let [isFatal, isFatalAtLast] = [false, false];
    const meet = ({ harm }: { harm?: unknown }) => {
      if (harm === 'kill') die();
      if (harm === 'throw') throw new TypeError('harm was done');
      isFatal ||= harm === 'kill-once-committed' && plan.fence === 1;
      isFatalAtLast ||= harm === 'kill-committing' && plan.fence <= 12;
    };
    const dieAtLast = () => {
      if (isFatalAtLast) die();
    };
    const result = await session.load(plan, watchBatches(batches, meet, dieAtLast), signal);
    if (isFatal) die();
    return result;
  },
  settle: (plan, signal) => session.settle(plan, signal),
  marks: (lane) => session.marks(lane),
  dropMarks: (lane, loadIds) => session.dropMarks(lane, loadIds),
  [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
});

const watchBatches = (
  batches: AsyncIterable<LoadBatch>,
  meet: (data: object) => void,
  atLast: () => void,
): AsyncIterable<LoadBatch> => ({
  async *[Symbol.asyncIterator]() {
    for await (const batch of batches) yield { ...batch, messages: watchMessages(batch.messages, meet) };
    atLast();
  },
});

const watchMessages = (
  messages: Iterable<LoadMessage>,
  meet: (data: object) => void,
): Iterable<LoadMessage> => ({
  *[Symbol.iterator]() {
    for (const message of messages) {
      if (message.action === 'upsert') meet(message.record.data);
      yield message;
    }
  },
});
