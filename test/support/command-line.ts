import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type RunningProgram, startServer } from './program.ts';
import { type RanCommand, runCommand } from './run-command.ts';
import { strippedSources } from './strip-sources.ts';

/** The command line, and servers as child processes, on a data folder of its own. */
export interface CommandLine extends AsyncDisposable {
  readonly data: string;
  /** Runs a command to its end, in the test's own process unless it is told otherwise. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs a command that must succeed with --json, and returns what it printed. */
  json<T>(args: readonly string[], options?: RunOptions): Promise<T>;
  /**
   * Starts a command as a process, which reads from standard input as the test writes to it.
   * @param file another program than the command line, from the root of the repository
   */
  start(args: readonly string[], file?: string): RunningCommand;
  /** Starts a server and waits until it serves. Several may follow one another. */
  serve(env?: Readonly<Record<string, string>>): Promise<TestServer>;
}

export type Ran = Omit<RanCommand, 'screen'>;

export interface RunOptions {
  /** What the command reads from standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** In a process of its own, which takes most of a second to start. */
  readonly asProcess?: boolean;
}

export interface RunningCommand extends AsyncDisposable {
  readonly stdin: Writable;
  /** What it has written to standard output, line by line. */
  readonly printed: readonly string[];
  /** What it has written to standard error, line by line. */
  readonly errors: readonly string[];
  /** Resolves with its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(): void;
}

export interface TestServer extends RunningProgram {
  /** Calls the API; `body` is sent as JSON. A write waits for the check that it starts. */
  call(token: string, method: string, path: string, body?: unknown): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export function createCommandLine(): CommandLine {
  const home = mkdtempSync(path.join(tmpdir(), 'backstitch-cli-'));
  const data = path.join(home, 'data');
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    TZ: 'UTC',
    BACKSTITCH_DATA: data,
    // Commands start faster when they need not be compiled each time.
    NODE_COMPILE_CACHE: path.join(tmpdir(), 'backstitch-compile-cache'),
  };
  const start = (args: readonly string[], env = {}, file = 'src/main.ts') =>
    spawn(process.execPath, [...strippedSources, file, ...args], {
      env: { ...environment, ...env },
      stdio: 'pipe',
    });

  async function runProcess(args: readonly string[], { env, input = '' }: RunOptions) {
    const child = start(args, env);
    child.stdin.on('error', () => {}).end(input);
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number]>,
    ]);
    return { code, out, err };
  }

  const run: CommandLine['run'] = async (args, { asProcess, ...options } = {}) =>
    asProcess
      ? await runProcess(args, options)
      : await runCommand(args, { ...options, env: { ...environment, ...options.env } });

  return {
    data,
    run,
    start(args, file) {
      const child = start(args, {}, file);
      child.stdin.on('error', () => {});
      const printed: string[] = [];
      const errors: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => printed.push(line));
      createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
      const ended = once(child, 'close').then(
        ([code, signal]) => (code ?? signal) as number | NodeJS.Signals,
      );
      return {
        stdin: child.stdin,
        printed,
        errors,
        ended,
        kill: () => void child.kill('SIGKILL'),
        async [Symbol.asyncDispose]() {
          child.kill('SIGKILL');
          await ended;
        },
      };
    },
    async json<T>(args: readonly string[], options?: RunOptions) {
      const { code, out, err } = await run([...args, '--json'], options);
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${err}`);
      return JSON.parse(out) as T;
    },
    async serve(env) {
      const server = await startServer({ ...environment, ...env });
      return {
        ...server,
        async call(token, method, where, body) {
          const response = await fetch(`${server.address}${where}`, {
            method,
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              prefer: 'wait=20',
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          });
          return { status: response.status, body: await response.json() };
        },
        async [Symbol.asyncDispose]() {
          server.signal('SIGTERM');
          await server.ended;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      rmSync(home, { recursive: true, force: true });
    },
  };
}
