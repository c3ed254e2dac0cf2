import { type Command, Option } from 'commander';
import { type NamedOption, namedOptions } from '../config/options.ts';

/** Options that say where the installation is: every command takes them. */
const everywhere: ReadonlySet<string> = new Set(['data', 'store', 'masterKey']);

/** Lets every command take the flags that say which installation is meant. */
export function addInstallationFlags(program: Command): void {
  for (const option of namedOptions) if (everywhere.has(option.name)) program.addOption(flagOf(option));
}

/** Lets a command take the flags of all other options; the help text that explains them is the table's own. */
export function addServerFlags(command: Command): void {
  for (const option of namedOptions) {
    if (!everywhere.has(option.name)) command.addOption(flagOf(option).hideHelp());
  }
}

function flagOf({ flag, placeholder, secret, help, env }: NamedOption): Option {
  const [firstSentence] = help.split(/(?<=\.) /);
  return new Option(
    `${flag} <${(secret ? 'file' : placeholder).toLowerCase()}>`,
    `${firstSentence} (${env})`,
  );
}

/** What the flags of a command line say, as the configuration reads it. */
export function givenFlags(command: Command): Readonly<Record<string, string | undefined>> {
  const given = command.optsWithGlobals<Record<string, unknown>>();
  return Object.fromEntries(
    namedOptions.map(({ flag }) => {
      const value = given[new Option(flag).attributeName()];
      return [flag, typeof value === 'string' ? value : undefined];
    }),
  );
}
