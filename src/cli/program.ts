import { type Argument, Command } from 'commander';
import { parseConfig } from '../config/parse-config.ts';
import { addAccountsCommand } from './accounts.ts';
import { addBackupCommands } from './backup.ts';
import type { Cli, CliParts } from './cli.ts';
import { addCompletionCommand } from './completion.ts';
import { addInstallationFlags, givenFlags } from './config-flags.ts';
import { addDeclareCommands } from './declare.ts';
import { addDemoCommand } from './demo.ts';
import { addDestinationsCommand } from './destinations.ts';
import { addDoctorCommand } from './doctor.ts';
import { exitCodeHelp, exitCodes } from './exit-codes.ts';
import { addImportCommand } from './import.ts';
import { addKeysCommand } from './keys.ts';
import { addLoadsCommand } from './loads.ts';
import { addLoginCommands } from './login.ts';
import { addMigrateCommand } from './migrate.ts';
import { addPartnersCommand } from './partners.ts';
import { addRejectedCommand } from './rejected.ts';
import { reportError } from './report-error.ts';
import { addServeCommand } from './serve.ts';
import { addConfigCommand } from './show-config.ts';
import { addSourcesCommand } from './sources.ts';
import { addTargetCommand } from './target.ts';
import { addTokensCommand } from './tokens.ts';
import { withoutValues } from './without-values.ts';

/** In the order of the help text. */
const commands: Readonly<Record<string, readonly ((program: Command, cli: Cli) => void)[]>> = {
  'The server of this installation:': [
    addServeCommand,
    addDemoCommand,
    addAccountsCommand,
    addTokensCommand,
    addPartnersCommand,
    addMigrateCommand,
    addKeysCommand,
    addBackupCommands,
    addDoctorCommand,
    addConfigCommand,
  ],
  'An account, here or on a server elsewhere:': [
    addLoginCommands,
    addDestinationsCommand,
    addSourcesCommand,
    addLoadsCommand,
    addRejectedCommand,
    addDeclareCommands,
    addImportCommand,
    addTargetCommand,
  ],
  'The shell:': [addCompletionCommand],
};

/**
 * Carries out one command line (without the program's own name) and returns its exit code. Whatever goes wrong is said
 * on standard error; it never throws.
 */
export async function runProgram(argv: readonly string[], parts: CliParts): Promise<number> {
  const json = argv.includes('--json');
  let exitCode: number = exitCodes.ok.code;
  let flags: Cli['flags'] = {};
  const config = () => parseConfig({ env: parts.env, flags });
  const cli: Cli = {
    ...parts,
    config,
    open: async () => await parts.openInstallation(config()),
    get flags() {
      return flags;
    },
    exitWith(code) {
      exitCode = code;
    },
  };
  const program = createProgram(cli).hook('preAction', (_, command) => {
    flags = givenFlags(command);
  });
  // What commander would write for people is said once, as JSON.
  if (json) silence(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(parts.terminal, error, json);
  }
}

/** The program with all of its commands; docs/cli.md is written from it. */
export function createProgram(cli: Cli): Command {
  const program = new Command('backstitch')
    .description('Manages data-warehouse destinations, proves that they work, and loads data into them.')
    .version(cli.version, '--version', 'print the version')
    .showHelpAfterError('Add --help to see how the command is used.')
    .configureHelp({ showGlobalOptions: true, subcommandTerm, commandUsage })
    .configureOutput({
      writeOut: (text) => cli.terminal.print(text),
      writeErr: (text) => cli.terminal.note(text.trimEnd()),
      outputError: (text, write) => write(withoutValues(text)),
    })
    .exitOverride();
  addInstallationFlags(program);
  for (const [heading, adds] of Object.entries(commands)) {
    program.commandsGroup(heading);
    for (const add of adds) add(program, cli);
  }
  finish(program);
  return program;
}

/** What holds for every command: settings of the program, and a help text that ends with the exit codes. */
function finish(command: Command): void {
  command.addHelpText('after', `\n${exitCodeHelp}`).helpCommand(false);
  for (const child of command.commands) finish(child.copyInheritedSettings(command));
}

function silence(command: Command): void {
  command.configureOutput({ writeErr: () => {} });
  command.commands.forEach(silence);
}

/** As commander's, without aliases: those are names that commands had once. */
const subcommandTerm = (command: Command): string =>
  [
    command.name(),
    command.options.length > 0 ? '[options]' : '',
    ...command.registeredArguments.map(argumentTerm),
  ]
    .filter((word) => word !== '')
    .join(' ');

const argumentTerm = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
};

function commandUsage(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at; at = at.parent) names.unshift(at.name());
  return `${names.join(' ')} ${command.usage()}`;
}
