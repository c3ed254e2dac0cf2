import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './embedded-postgres.ts';
import { strippedSources } from './strip-sources.ts';

/** The real program in a process of its own. Disposing kills it, if it still lives. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** Its log, line by line. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Everything else it has written to standard output, line by line. */
  readonly printed: readonly string[];
  /** What it has written to standard error, line by line. */
  readonly errors: readonly string[];
  /** Resolves when it has ended, with its exit code or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  signal(signal: NodeJS.Signals): void;
}

export interface RunningProgram extends Program {
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface ProgramSurroundings {
  /** Modules that are loaded before the program, in each of its threads. */
  readonly preload?: readonly URL[];
  /** A command that runs the program in its own process: `['unshare', '-T']`. */
  readonly under?: readonly string[];
}

/** As `scripts/launch.mjs` and `deploy/backstitch` start it. */
const allocation = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '262144' };

/** @param env its whole environment, but for PATH. */
export function startProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { preload = [], under = [] }: ProgramSurroundings = {},
): Program {
  const preloaded = preload.flatMap(({ href }) => ['--import', href]);
  const line = [...under, process.execPath, ...strippedSources, ...preloaded, main, ...args];
  const child = spawn(line[0] ?? '', line.slice(1), {
    env: { PATH: process.env.PATH, ...allocation, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: Record<string, unknown>[] = [];
  const printed: string[] = [];
  const errors: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{"')) log.push(JSON.parse(line));
    else printed.push(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  // `close`, not `exit`: by then everything that was written has been read.
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    pid: child.pid ?? 0,
    log,
    printed,
    errors,
    ended,
    signal: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Serves on a free port of loopback, and resolves when it does. @throws when it ends before, with what it said. */
export async function startServer(
  env: Readonly<Record<string, string>>,
  surroundings?: ProgramSurroundings,
): Promise<RunningProgram> {
  const program = startProgram(['serve'], { BACKSTITCH_PORT: '0', ...env }, surroundings);
  let over = false;
  void program.ended.then(() => {
    over = true;
  });
  const address = await until(() => {
    const serving = program.log.find(({ message }) => message === 'serving');
    if (serving || over) return serving?.address;
    throw new Error('the server does not serve yet');
  });
  if (typeof address === 'string') return { ...program, address };
  throw new Error(`the server ended: ${program.errors.join('\n')}`);
}
