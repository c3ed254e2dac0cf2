import { Readable } from 'node:stream';
import { runProgram } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Log } from '../../src/lib/log.ts';
import { openInstallation } from '../../src/serve/open-installation.ts';
import { silentLog } from './silent-log.ts';

export interface CommandOptions {
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What the command reads from standard input. */
  readonly input?: string;
  /** What somebody at the terminal answers, one after another. Without them nobody is there. */
  readonly answers?: readonly string[];
}

export interface RanCommand {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Both, as a person sees them. */
  readonly screen: string;
}

/** What commands are run with in the test's own process: a process of its own would take most of a second to start. */
export const commandParts = { clock: systemClock, cloud: {}, version: '1.2.3' };

/** Runs one command line to its end. */
export async function runCommand(
  args: readonly string[],
  { env, input = '', answers }: CommandOptions,
): Promise<RanCommand> {
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
    version: commandParts.version,
    clock: commandParts.clock,
    terminal,
    env,
    openInstallation: async (config) => await openInstallation({ ...commandParts, config, log }),
    serve: async () => 0,
  });
  if (left.length > 0) throw new Error(`nobody asked for ${left.join(', ')}:\n${written.err}`);
  return { code, ...written };
}
