import { type Command, Option } from 'commander';
import { type NamedOption, namedOptions } from '../config/options.ts';

/** Options that say which installation is meant: every command takes them. */
const everywhere: Readonly<Record<string, string>> = {
  data: 'data folder',
  store: 'file that holds what BACKSTITCH_STORE would',
  masterKey: 'file that holds what BACKSTITCH_MASTER_KEY would',
};

/** Lets every command take the flags that say which installation is meant. */
export function addInstallationFlags(program: Command): void {
  for (const option of namedOptions) {
    if (option.name in everywhere) program.addOption(flagOf(option, everywhere[option.name]));
  }
}

/** Lets a command take the flags of all other options; the help text that explains them is the table's own. */
export function addServerFlags(command: Command): void {
  for (const option of namedOptions) {
    if (!(option.name in everywhere)) command.addOption(flagOf(option).hideHelp());
  }
}

/** Flags of the configuration, told apart from options of commands that happen to have the same name. */
const flags = new WeakMap<Option, string>();

function flagOf({ flag, placeholder, secret }: NamedOption, description?: string): Option {
  const value = secret ? 'file' : placeholder.toLowerCase();
  const option = new Option(`${flag} <${value}>`, description);
  flags.set(option, flag);
  return option;
}

/** What the flags of a command and those above it say, as the configuration reads it. */
export function givenFlags(command: Command): Readonly<Record<string, string | undefined>> {
  const given: Record<string, string | undefined> = {};
  for (let at: Command | null = command; at; at = at.parent) {
    for (const option of at.options) {
      const flag = flags.get(option);
      const value: unknown = at.getOptionValue(option.attributeName());
      if (flag !== undefined && typeof value === 'string') given[flag] = value;
    }
  }
  return given;
}
