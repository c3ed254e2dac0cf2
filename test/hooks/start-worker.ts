import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SenderOptions } from '../../src/hooks/sender-options.ts';
import type { Mapped } from '../store/records-under-test.ts';

export interface WorkerSetup {
  readonly folder: string;
  /** In hex. */
  readonly masterKey: string;
  /** `load` completes one load after another and sends nothing; `send` only sends. */
  readonly task: 'load' | 'send';
  readonly mapped: Mapped;
  readonly options: Partial<SenderOptions>;
}

/** A process of its own beside the one that tests. Disposing kills it, if it still lives. */
export interface Worker extends AsyncDisposable {
  /** Loads whose result it has been told to be durable. */
  readonly completed: number;
  /** SIGKILL. Resolves when it is dead. */
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL('worker.ts', import.meta.url));

export function startWorker(setup: WorkerSetup): Worker {
  const child = fork(program, [JSON.stringify(setup)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  let completed = 0;
  child.on('message', () => {
    completed += 1;
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    get completed() {
      return completed;
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
