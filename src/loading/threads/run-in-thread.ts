import { MessageChannel } from 'node:worker_threads';
import type { ThreadCalls } from '../../lib/thread-calls.ts';
import type { LoadResult } from '../../model/load-result.ts';
import type { ReadBodies, RunnableLoad, RunOptions } from '../runner.ts';
import { carryBodies } from './carried-bodies.ts';
import type { FromRun, RunnerCalls, ToRun } from './runner-calls.ts';

export interface ThreadRun {
  readonly session: string;
  readonly load: RunnableLoad;
  readonly options: RunOptions;
  readonly readBodies: ReadBodies;
}

/** Has a load run in a thread, and hands it the bodies that it asks for. @throws what `readBodies` or `onRead` threw, as it was. */
export async function runInThread(
  calls: ThreadCalls<RunnerCalls>,
  { session, load, options, readBodies }: ThreadRun,
): Promise<LoadResult> {
  const { signal, turn, onRead } = options;
  const { port1: line, port2: port } = new MessageChannel();
  const tell = (message: ToRun, given: readonly ArrayBuffer[] = []): void => line.postMessage(message, given);
  let trouble: { readonly error: unknown } | undefined;

  /** One after another, since the thread knows them by their order. */
  let sending = Promise.resolve();
  const send = (batchIds: readonly string[]): void => {
    sending = sending.then(async () => {
      try {
        const carried = carryBodies(await readBodies(batchIds));
        tell({ kind: 'bodies', carried }, [carried.bytes.buffer]);
      } catch (error) {
        trouble ??= { error };
        tell({ kind: 'lost' });
      }
    });
  };
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
    if (message.kind === 'read') void goOn();
    else send(message.batchIds);
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
