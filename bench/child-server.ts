import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** A server in a process of its own, asked over HTTP only. Disposing it sends SIGTERM and waits. */
export interface ChildServer extends AsyncDisposable {
  readonly url: string;
  /** From the start of the process to its first answer. */
  readonly startMilliseconds: number;
  /** What the process holds in memory now, in MB. Linux only. */
  residentMegabytes(): number;
  /** The most that it held until now, in MB. Linux only. */
  peakMegabytes(): number;
  /** Seconds of processors that it has used: what tells most on a machine that others use too. Linux only. */
  processorSeconds(): number;
}

export interface ChildServerOptions {
  readonly program: readonly string[];
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A path that answers 200 once the server serves. */
  readonly path: string;
}

/** Starts one and waits for its first answer, at most 15 s. Its standard error is ours; its log is not shown. */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const { program, port, path } = options;
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('BACKSTITCH_'));
  const started = performance.now();
  const child = spawn(process.execPath, program, {
    env: { ...Object.fromEntries(inherited), ...options.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}${path}`))) {
    if (child.exitCode !== null) throw new Error(`${program[0]} ended with exit code ${child.exitCode}`);
    if (performance.now() - started > 15_000) throw new Error(`${program[0]} did not answer on ${path}`);
    await pause(2);
  }
  return {
    url,
    startMilliseconds: performance.now() - started,
    residentMegabytes: () => kilobytesOf(child, 'VmRSS') / 1024,
    peakMegabytes: () => kilobytesOf(child, 'VmHWM') / 1024,
    processorSeconds: () => ticksOf(child) / 100,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once('error', () => resolve(false)).end();
  });
}

function kilobytesOf({ pid }: ChildProcess, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  return Number(kilobytes);
}

function ticksOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
