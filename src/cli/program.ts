import { Command } from 'commander';
import { addAccountsCommand } from './accounts.ts';
import type { Cli } from './cli.ts';
import { addDestinationsCommand } from './destinations.ts';
import { exitCodeHelp, exitCodes } from './exit-codes.ts';
import { addPartnersCommand } from './partners.ts';
import { reportError } from './report-error.ts';
import type { Terminal } from './terminal.ts';
import { addTokensCommand } from './tokens.ts';

/** Adds a command to the program. */
export type AddCommand = (program: Command, cli: Cli) => void;

const commands: readonly AddCommand[] = [
  addAccountsCommand,
  addTokensCommand,
  addPartnersCommand,
  addDestinationsCommand,
];

export interface ProgramOptions {
  readonly version: string;
  readonly terminal: Terminal;
  /** Everything of {@link Cli} that is not about this one run. */
  readonly parts: Pick<Cli, 'clock' | 'open'>;
}

/**
 * Carries out one command line (without the program's own name) and returns its exit code. Whatever goes wrong is said
 * on standard error; it never throws.
 */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<number> {
  const { terminal, parts, version } = options;
  let exitCode: number = exitCodes.ok.code;
  const cli: Cli = {
    ...parts,
    terminal,
    exitWith(code) {
      exitCode = code;
    },
  };
  try {
    await createProgram(version, cli).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(terminal, error, argv.includes('--json'));
  }
}

/** The program with all of its commands; docs/cli.md is written from it. */
export function createProgram(version: string, cli: Cli): Command {
  const program = new Command('backstitch')
    .description('Manages data-warehouse destinations, proves that they work, and loads data into them.')
    .version(version, '--version', 'print the version')
    .showHelpAfterError('Add --help to see how the command is used.')
    .configureOutput({
      writeOut: (text) => cli.terminal.print(text),
      writeErr: (text) => cli.terminal.note(text.trimEnd()),
    })
    .exitOverride();
  for (const add of commands) add(program, cli);
  addToEach(program);
  return program;
}

/** What holds for every command: its help ends with the exit codes, and options may stand after arguments. */
function addToEach(command: Command): void {
  command.addHelpText('after', `\n${exitCodeHelp}`).helpCommand(false);
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    addToEach(child);
  }
}
