import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { runProgram } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Log } from '../../src/lib/log.ts';
import { openInstallation } from '../../src/serve/open-installation.ts';
import { serve } from '../../src/serve/serve.ts';
import type { Ran, RunOptions } from './command-line.ts';
import { silentLog } from './silent-log.ts';

/** The command line in the test's own process, for a user with a home and an installation of their own. */
export interface CommandSession extends AsyncDisposable {
  readonly home: string;
  readonly data: string;
  /** Runs a command to its end. */
  run(args: readonly string[], options?: SessionOptions): Promise<SessionRun>;
  /** Runs a command that must succeed with --json, and returns what it printed. */
  json<T>(args: readonly string[], options?: SessionOptions): Promise<T>;
  /** Serves the installation once, so that it is there, with this token for account 100. */
  install(token: string): Promise<void>;
}

export interface SessionRun extends Omit<Ran, 'signal'> {
  /** Both, as a person sees them. */
  readonly screen: string;
}

export interface SessionOptions extends Omit<RunOptions, 'file'> {
  /** What somebody at the terminal answers, one after another. Without them nobody is there. */
  readonly answers?: readonly string[];
}

export function createCommandSession(): CommandSession {
  const home = mkdtempSync(path.join(tmpdir(), 'backstitch-session-'));
  const data = path.join(home, 'data');
  const parts = { clock: systemClock, cloud: {}, version: '1.2.3' };

  async function run(args: readonly string[], { input = '', env = {}, answers }: SessionOptions = {}) {
    const written = { out: '', err: '', screen: '' };
    const show = (on: 'out' | 'err', text: string): void => {
      written[on] += text;
      written.screen += text;
    };
    const left = [...(answers ?? [])];
    const answer = async (question: string): Promise<string> => {
      if (answers === undefined)
        throw new UsageError(`${question}: nobody can be asked, since input is no terminal`);
      const next = left.shift();
      if (next === undefined) throw new Error(`nobody has an answer to "${question}"`);
      show('err', `${question}: ${next}\n`);
      return next;
    };
    const terminal: Terminal = {
      interactive: answers !== undefined,
      print: (result) => show('out', result),
      note: (remark) => show('err', `${remark}\n`),
      readInput: async () => input,
      openInput: () => Readable.from([Buffer.from(input)]),
      progress() {},
      askSecret: answer,
      ask: answer,
    };
    // As the real program: what is wrong is said where people see it.
    const tell = (facts: object, message: string): void =>
      show('err', `${JSON.stringify({ ...facts, message })}\n`);
    const log: Log = { ...silentLog, warn: tell, error: tell, fatal: tell, child: () => log };
    const code = await runProgram(args, {
      version: parts.version,
      clock: parts.clock,
      terminal,
      env: { HOME: home, BACKSTITCH_DATA: data, ...env },
      openInstallation: async (config) => await openInstallation({ ...parts, config, log }),
      serve: async () => 0,
    });
    if (left.length > 0) throw new Error(`nobody asked for ${left.join(', ')}:\n${written.err}`);
    return { code, ...written };
  }

  return {
    home,
    data,
    run,
    async json<T>(args: readonly string[], options?: SessionOptions) {
      const { code, out, err } = await run([...args, '--json'], options);
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${err}`);
      return JSON.parse(out) as T;
    },
    async install(token) {
      const env = {
        BACKSTITCH_DATA: data,
        BACKSTITCH_PORT: '0',
        BACKSTITCH_TOKEN: token,
        BACKSTITCH_CLIENT_ID: '100',
      };
      const server = await serve({ ...parts, log: silentLog, config: parseConfig({ env }), print() {} });
      await server.close();
    },
    async [Symbol.asyncDispose]() {
      rmSync(home, { recursive: true, force: true });
    },
  };
}
