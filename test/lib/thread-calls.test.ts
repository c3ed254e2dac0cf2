import { afterEach, describe, expect, test } from 'vitest';
import { failureForms } from '../../src/errors/failure-forms.ts';
import {
  createThreadCalls,
  type ThreadCalls,
  ThreadEnded,
  type ThreadOptions,
} from '../../src/lib/thread-calls.ts';
import { until } from '../support/embedded-postgres.ts';
import type { Sample } from './sample-thread.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thread of opened.splice(0)) await thread[Symbol.asyncDispose]();
});

function aThread(options: Partial<ThreadOptions> = {}): ThreadCalls<Sample> {
  const program = new URL('sample-thread.ts', import.meta.url);
  const thread = createThreadCalls<Sample>({
    program,
    idleMilliseconds: 60_000,
    errors: failureForms,
    ...options,
  });
  opened.push(thread);
  return thread;
}
const threadOf = async (thread: ThreadCalls<Sample>): Promise<number> =>
  (await thread.call('which', undefined)).thread;

describe('a call', () => {
  test('is answered', async () => {
    const thread = aThread({ workerData: { colour: 'green' } });
    expect(await Promise.all([1, 2, 3].map((value) => thread.call('double', value)))).toEqual([2, 4, 6]);
    expect(await thread.call('which', undefined)).toMatchObject({ given: { colour: 'green' } });
    expect(thread.pending).toBe(0);
  });

  test('gives memory away, and gets memory back', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const reversed = await aThread().call('reverse', bytes, { transfer: [bytes.buffer] });
    expect(bytes.byteLength).toBe(0);
    expect(reversed).toEqual(Uint8Array.of(3, 2, 1));
  });

  test('that fails as expected rejects with the failure', async () => {
    await expect(aThread().call('fail', 'failure')).rejects.toMatchObject({
      name: 'Failure',
      code: 'Overloaded',
      message: 'no room',
      data: { seconds: 2 },
    });
  });

  test('that fails otherwise rejects with name, message and stack', async () => {
    const thread = aThread();
    await expect(thread.call('fail', 'error')).rejects.toMatchObject({
      name: 'RangeError',
      message: 'out of range',
      stack: expect.stringContaining('sample-thread.ts'),
    });
    await expect(thread.call('fail', 'text')).rejects.toMatchObject({ message: 'text' });
  });

  test('whose input or answer cannot cross fails alone', async () => {
    const thread = aThread();
    const other = thread.call('double', 4);
    await expect(thread.call('double', (() => 1) as unknown as number)).rejects.toThrow(
      'could not be cloned',
    );
    await expect(thread.call('answerFunction', undefined)).rejects.toThrow('could not be cloned');
    expect(await other).toBe(8);
    expect(thread.pending).toBe(0);
  });
});

describe('a call that is cancelled', () => {
  test('rejects at once, and is never begun when its turn had not come', async () => {
    const thread = aThread();
    const gate = new SharedArrayBuffer(4);
    const held = thread.call('hold', gate);
    const memory = new SharedArrayBuffer(4);
    const aborting = new AbortController();
    const cancelled = thread.call('waitForAbort', memory, { signal: aborting.signal });
    aborting.abort(new Error('nobody waits'));
    await expect(cancelled).rejects.toThrow('nobody waits');
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
    expect(await held).toBe('released');
    expect(await thread.call('double', 1)).toBe(2);
    expect(new Int32Array(memory)[0]).toBe(0);
  });

  test('is told so while it runs', async () => {
    const thread = aThread();
    const memory = new SharedArrayBuffer(4);
    const aborting = new AbortController();
    const cancelled = thread.call('waitForAbort', memory, { signal: aborting.signal });
    // Answered after the other began.
    await thread.call('double', 1);
    aborting.abort();
    await expect(cancelled).rejects.toThrow('aborted');
    await until(() => expect(new Int32Array(memory)[0]).toBe(1));
  });

  test('before it was made does not start the thread', async () => {
    const call = aThread({ program: new URL('no-such-file.ts', import.meta.url) }).call('double', 1, {
      signal: AbortSignal.abort(new Error('too late')),
    });
    await expect(call).rejects.toThrow('too late');
  });
});

describe('a thread', () => {
  test.each(['exit', 'throwLater'] as const)(
    'that dies by %s rejects what is under way, and the next call starts another',
    async (way) => {
      const thread = aThread();
      const first = await threadOf(thread);
      const waiting = thread.call('waitForAbort', new SharedArrayBuffer(4));
      const dying = way === 'exit' ? thread.call('exit', 3) : thread.call('throwLater', undefined);
      const both = await Promise.allSettled([waiting, dying]);
      expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await expect(dying).rejects.toBeInstanceOf(ThreadEnded);
      expect(await threadOf(thread)).not.toBe(first);
    },
  );

  test('whose program cannot be started rejects each call', async () => {
    const thread = aThread({ program: new URL('no-such-file.ts', import.meta.url) });
    await expect(thread.call('double', 1)).rejects.toBeInstanceOf(ThreadEnded);
    await expect(thread.call('double', 1)).rejects.toBeInstanceOf(ThreadEnded);
  });

  test('ends when nothing was asked for a while, and not before', async () => {
    const thread = aThread({ idleMilliseconds: 50 });
    const first = await threadOf(thread);
    const memory = new SharedArrayBuffer(4);
    const aborting = new AbortController();
    const working = thread.call('waitForAbort', memory, { signal: aborting.signal });
    // Fifty idle milliseconds are long over when this thread has started.
    await threadOf(aThread());
    expect(await threadOf(thread)).toBe(first);
    aborting.abort();
    await expect(working).rejects.toThrow('aborted');
    await until(() => expect(thread.isRunning).toBe(false));
    expect(await threadOf(thread)).not.toBe(first);
  });

  test('that is disposed rejects what is under way and what comes', async () => {
    const thread = aThread();
    const dying = expect(thread.call('waitForAbort', new SharedArrayBuffer(4))).rejects.toBeInstanceOf(
      ThreadEnded,
    );
    await thread[Symbol.asyncDispose]();
    await dying;
    await expect(thread.call('double', 1)).rejects.toBeInstanceOf(ThreadEnded);
  });
});
