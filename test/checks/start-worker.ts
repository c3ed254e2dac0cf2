import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ChecksOptions } from '../../src/checks/create-checks.ts';
import type { StorePlace } from './open-room.ts';

/** A process of its own that runs checks. Disposing kills it, if it still lives. */
export interface Worker extends AsyncDisposable {
  readonly pid: number;
  /** SIGKILL is a crash, SIGSTOP a halt that SIGCONT ends. Resolves when it is dead, or at once if it is not to die. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

const program = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Resolves when it takes checks. */
export async function startWorker(place: StorePlace, options: Partial<ChecksOptions>): Promise<Worker> {
  const child = fork(program, [JSON.stringify({ place, options })], { execArgv: [], stdio: 'inherit' });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`the worker ended with ${code}`))),
  ]);
  return {
    pid: child.pid ?? 0,
    async signal(signal) {
      child.kill(signal);
      if (signal === 'SIGKILL') await exited;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
