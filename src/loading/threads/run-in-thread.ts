import { MessageChannel } from 'node:worker_threads';
import type { ThreadCalls } from '../../lib/thread-calls.ts';
import type { LoadResult } from '../../model/load-result.ts';
import type { ReadBody, RunnableLoad, RunOptions } from '../runner.ts';
import type { FromRun, RunnerCalls, ToRun } from './runner-calls.ts';

export interface ThreadRun {
  readonly session: string;
  readonly load: RunnableLoad;
  readonly options: RunOptions;
  readonly readBody: ReadBody;
}

/** Has a load run in a thread, and hands it the bodies that it asks for. @throws what `readBody` or `onRead` threw, as it was. */
export async function runInThread(
  calls: ThreadCalls<RunnerCalls>,
  { session, load, options, readBody }: ThreadRun,
): Promise<LoadResult> {
  const { signal, turn, onRead } = options;
  const { port1: line, port2: port } = new MessageChannel();
  const tell = (message: ToRun, given: readonly ArrayBuffer[] = []): void => line.postMessage(message, given);
  let trouble: { readonly error: unknown } | undefined;

  async function sendBody(batchId: string): Promise<void> {
    try {
      const bytes = ownMemory(await readBody(batchId));
      tell({ kind: 'body', batchId, bytes }, [bytes.buffer]);
    } catch (error) {
      trouble ??= { error };
      tell({ kind: 'lost', batchId });
    }
  }
  async function goOn(): Promise<void> {
    try {
      await onRead?.();
      tell({ kind: 'go-on' });
    } catch (error) {
      trouble ??= { error };
      tell({ kind: 'stop' });
    }
  }
  line.on('message', (message: FromRun) => {
    void (message.kind === 'read' ? goOn() : sendBody(message.batchId));
  });
  // Whoever makes it reject ends the load by its signal too.
  turn?.then(
    () => tell({ kind: 'turn' }),
    () => {},
  );
  try {
    const input = { session, load: runnable(load), waits: turn !== undefined, port };
    return await calls.call('run', input, { signal, transfer: [port] });
  } catch (error) {
    throw trouble === undefined ? error : trouble.error;
  } finally {
    line.close();
  }
}

/** Nothing but what is needed crosses, credentials least of all. */
function runnable(load: RunnableLoad): RunnableLoad {
  const { loadId, accountId, source, table, fence, batchedAt, standingFence, batches } = load;
  return { loadId, accountId, source, table, fence, batchedAt, standingFence, batches };
}

/** Memory that may be given away: a small buffer is often a piece of a larger one that others use. */
function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isWhole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
