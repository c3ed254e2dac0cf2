import type { Command } from 'commander';
import type { Cli } from '../../src/cli/cli.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { createProgram } from '../../src/cli/program.ts';
import { generatedFrom, renderPage, renderTable } from './markdown.ts';

export function renderCli(): string {
  let written = '';
  const print = (text: string): void => {
    written += text;
  };
  // Help needs no more of it than where to write.
  const program = createProgram({ version: '', terminal: { print, note: print } } as Cli);
  const helpOf = (command: Command): string => {
    written = '';
    command.configureOutput({ getOutHelpWidth: () => 100 }).outputHelp();
    return (
      written
        .replace(/\nExit codes:[\s\S]*/, '')
        .replace(/\n +-h, --help .*\n/, '\n')
        .replace(/\nGlobal Options:\n(?:.+\n)+/, '')
        // The options of the server have a page of their own.
        .replace(/\n\nServer:\n[\s\S]*?(?=\n\nExample)/, '')
        .replace(/\nOptions:\n(?! )/, '')
        .trimEnd()
    );
  };
  return renderPage(
    generatedFrom('src/cli/'),
    '# Command line',
    [
      'In a checkout, `npx backstitch <command>` runs a command; `npm start` is `backstitch serve`. Commands work on the',
      'installation that `BACKSTITCH_DATA` (or `--data`) and `BACKSTITCH_STORE` name, whether or not a server runs on it: what',
      'they change takes effect in the server within a second. Those that work on an account (`destinations`, `sources`,',
      '`loads`, `rejected`, `plan`, `apply`, `import`) also work on a server elsewhere: see `backstitch login` below for how',
      'it is chosen. All other options stand in [configuration.md](configuration.md).',
    ].join('\n'),
    [
      'Secrets never stand in an argument, where every user of the machine can read them. They come from a file, from',
      'standard input (`-`), or are asked for on a terminal. What the program makes itself (tokens, partner secrets) is',
      'printed once; with `--quiet` it stands alone on standard output, so that a script can take it.',
    ].join('\n'),
    [
      'Every command also takes `--help`, and `--data <folder>`, `--store-file <file>` and `--master-key-file <file>` to say',
      'which installation is meant.',
    ].join('\n'),
    [
      'Results go to standard output, everything else to standard error. `--json` prints one JSON document, and an error',
      'as one JSON object with `error`, `message` and `remedy`.',
    ].join('\n'),
    '## Exit codes',
    renderTable(
      ['code', 'meaning'],
      Object.values(exitCodes).map(({ code, when }) => [String(code), when]),
    ),
    ...leaves(program).flatMap((command) => [
      `## backstitch ${pathOf(command)}`,
      `\`\`\`text\n${helpOf(command)}\n\`\`\``,
    ]),
  );
}

/** The commands that do something, in the order of the help text. */
const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

const pathOf = (command: Command): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
