import { Worker } from 'node:worker_threads';
import { Bug } from '../../errors/bug.ts';
import { Failure, fromPlain } from '../../errors/failure.ts';
import { threadProgram } from '../../lib/thread-program.ts';
import { usualBytes } from '../engine.ts';
import { type Topic, topics } from '../operation.ts';
import type { InputOf, OutputOf, WriteName } from '../operations/operations.ts';
import type { Answer, FromWriter, ToWriter, Unit } from './messages.ts';

/** This side of the thread that writes. */
export interface WriteQueue extends AsyncDisposable {
  write<Name extends WriteName>(name: Name, input: InputOf<Name>, bytes?: number): Promise<OutputOf<Name>>;
  /** Asks to be told when another process has changed something. May be called again. */
  watch(): void;
  /** Rejects when a write failed in a way that leaves the disk's content in doubt, or the thread died. */
  readonly failed: Promise<never>;
}

export interface WriteQueueOptions {
  readonly file: string;
  readonly now: () => number;
  /** After a commit that touched these topics. */
  readonly onTopics: (topics: readonly Topic[]) => void;
  /** The thread's program; tests start another one. */
  readonly program?: URL;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export function openWriteQueue({ file, now, onTopics, program }: WriteQueueOptions): WriteQueue {
  const worker = new Worker(program ?? threadProgram(import.meta.url, 'writer-thread'), {
    workerData: { file },
  });
  const waiting = new Map<number, Waiting>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const exited = Promise.withResolvers<void>();
  let outgoing: Unit[] = [];
  let lastId = 0;
  let refusal: Failure | null = null;

  const post = (message: ToWriter) => worker.postMessage(message);

  /** Everything asked for in one turn of the event loop leaves as one message. */
  const flush = () => {
    const units = outgoing;
    outgoing = [];
    if (units.length === 0) return;
    try {
      post({ kind: 'units', units });
    } catch {
      // Something in one of them cannot cross a thread; the others shall not pay for it.
      for (const unit of units) postAlone(unit);
    }
  };

  const postAlone = (unit: Unit) => {
    try {
      post({ kind: 'units', units: [unit] });
    } catch (cause) {
      waiting
        .get(unit.id)
        ?.reject(new Bug(`${unit.name} was given something that is no plain data`, { cause }));
      waiting.delete(unit.id);
    }
  };

  const settle = (answer: Answer) => {
    const { resolve, reject } = waiting.get(answer.id) ?? {};
    waiting.delete(answer.id);
    if ('value' in answer) resolve?.(answer.value as never);
    else if ('failure' in answer) reject?.(fromPlain(answer.failure));
    else reject?.(new Bug(answer.bug.message, { cause: answer.bug.stack }));
  };

  const stop = (failure: Failure) => {
    refusal ??= failure;
    for (const { reject } of waiting.values()) reject(refusal);
    waiting.clear();
  };

  const fail = (reason: string) => {
    const failure = new Failure('StoreUnavailable', `The store stopped after a failed write: ${reason}.`, {
      remedy: 'Look at the disk of the data folder, then start the server again.',
    });
    stop(failure);
    failed.reject(failure);
  };

  worker.on('message', (message: FromWriter) => {
    if (message.kind === 'failed') fail(message.reason);
    else if (message.kind === 'changed') onTopics(topics);
    else {
      message.answers.forEach(settle);
      if (message.topics.length > 0) onTopics(message.topics);
    }
  });
  worker.on('error', (error) => fail(error.message));
  worker.on('exit', () => {
    if (!refusal) fail('the thread that writes ended');
    exited.resolve();
  });

  return {
    failed: failed.promise,
    watch: () => post({ kind: 'watch' }),
    write(name, input, bytes = usualBytes) {
      if (refusal) return Promise.reject(refusal);
      lastId += 1;
      const { promise, resolve, reject } = Promise.withResolvers<OutputOf<typeof name>>();
      waiting.set(lastId, { resolve: resolve as Waiting['resolve'], reject });
      if (outgoing.length === 0) setImmediate(flush);
      outgoing.push({ id: lastId, name, input, now: now(), bytes });
      return promise;
    },
    async [Symbol.asyncDispose]() {
      flush();
      const closed = new Failure('StoreUnavailable', 'The store is closed.');
      refusal ??= closed;
      // The thread answers what it was sent before it ends.
      post({ kind: 'close' });
      await exited.promise;
      stop(closed);
    },
  };
}
