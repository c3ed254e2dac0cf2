import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Sender {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly connections: number;
}

/** Answers by status; requests that failed otherwise by their error. */
export type Answers = Readonly<Record<string, number>>;

/** Sends a body at full speed from a thread of its own while `work` runs; says what came back meanwhile. */
export async function whileSending<T>(sender: Sender, work: () => Promise<T>): Promise<[T, Answers]> {
  const worker = new Worker(new URL('send-bodies.ts', import.meta.url), { workerData: sender });
  try {
    await once(worker, 'online');
    const result = await work();
    worker.postMessage('stop');
    const [answers] = await once(worker, 'message');
    return [result, answers as Answers];
  } finally {
    await worker.terminate();
  }
}
