import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoaderOptions } from '../../src/loading/loader-options.ts';
import type { Source } from '../../src/model/source.ts';
import type { BatchBody, StorePlace } from './loading-room.ts';

export interface WorkerSetup {
  readonly place: StorePlace;
  /** `shared`: beside others on the same store. */
  readonly mode: 'server' | 'shared';
  readonly options: Partial<LoaderOptions>;
}

/** A process of its own that accepts and loads. Disposing kills it, if it still lives. */
export interface Worker extends AsyncDisposable {
  /** `unknown`: it died before it answered. */
  send(source: Source, body: BatchBody): Promise<'accepted' | 'refused' | 'unknown'>;
  /** SIGKILL is a crash. Resolves when it is dead. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
  /** Its exit code, once it has ended; null after a signal. */
  readonly ended: Promise<number | null>;
}

interface Answer {
  readonly call: number;
  readonly outcome?: string;
}

const program = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Resolves when it accepts. */
export async function startWorker(setup: WorkerSetup): Promise<Worker> {
  const child = fork(program, [JSON.stringify(setup)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  await Promise.race([
    once(child, 'message'),
    ended.then((code) => Promise.reject(new Error(`the worker ended with ${code}`))),
  ]);
  const open = new Map<number, (answer: 'accepted' | 'refused' | 'unknown') => void>();
  let calls = 0;
  child.on('message', ({ call, outcome }: Answer) => {
    open.get(call)?.(outcome === 'accepted' ? 'accepted' : 'refused');
    open.delete(call);
  });
  void ended.then(() => {
    for (const answer of open.values()) answer('unknown');
    open.clear();
  });
  return {
    ended,
    async send(source, body) {
      const call = ++calls;
      const { promise, resolve } = Promise.withResolvers<'accepted' | 'refused' | 'unknown'>();
      if (!child.connected) return 'unknown';
      open.set(call, resolve);
      child.send({ call, source, body }, (error) => {
        if (error) resolve('unknown');
      });
      return await promise;
    },
    async end(signal) {
      child.kill(signal);
      return await ended;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
