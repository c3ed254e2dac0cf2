import { once } from 'node:events';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { assert } from '../../src/errors/bug.ts';
import { Failure } from '../../src/errors/failure.ts';
import { failureForms } from '../../src/errors/failure-forms.ts';
import { serveCalls } from '../../src/lib/serve-calls.ts';
import { Transfer } from '../../src/lib/thread-messages.ts';

/** Everything that a thread can do, well or badly. */
export interface Sample {
  double(value: number): number;
  which(nothing: undefined): { thread: number; given: unknown };
  reverse(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  fail(how: 'failure' | 'error' | 'text'): never;
  answerFunction(nothing: undefined): unknown;
  hold(memory: SharedArrayBuffer): string;
  /** Answers once it is cancelled, and leaves 1 in the memory. */
  waitForAbort(memory: SharedArrayBuffer): Promise<string>;
  exit(code: number): never;
  throwLater(nothing: undefined): Promise<never>;
}

assert(parentPort, 'this file runs as a thread');
serveCalls<Sample>(
  {
    double: (value) => value * 2,
    which: () => ({ thread: threadId, given: workerData }),
    reverse(bytes) {
      const reversed = bytes.reverse();
      return new Transfer(reversed, [reversed.buffer]);
    },
    fail(how) {
      if (how === 'failure') throw new Failure('Overloaded', 'no room', { data: { seconds: 2 } });
      throw how === 'error' ? new RangeError('out of range') : how;
    },
    answerFunction: () => () => 1,
    hold(memory) {
      Atomics.wait(new Int32Array(memory), 0, 0);
      return 'released';
    },
    async waitForAbort(memory, { signal }) {
      await once(signal, 'abort');
      Atomics.store(new Int32Array(memory), 0, 1);
      return 'aborted';
    },
    exit: (code) => process.exit(code),
    async throwLater() {
      setImmediate(() => {
        throw new Error('thrown where nobody catches');
      });
      return await new Promise(() => {});
    },
  },
  { port: parentPort, errors: failureForms },
);
