import type { Command } from 'commander';
import type { Config, NamedOption } from '../config/options.ts';
import { namedOptions } from '../config/options.ts';
import type { Cli } from './cli.ts';
import { addServerFlags } from './config-flags.ts';
import { renderTable } from './table.ts';

/** `config`: what the server would run with, and why. */
export function addConfigCommand(program: Command, cli: Cli): void {
  const command = program
    .command('config')
    .description('print the effective configuration and where each value comes from; secrets are hidden')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch config --json')
    .action((options: { json?: boolean }) => {
      const config = cli.config();
      const entries = namedOptions.map((option) => ({
        option: option.env,
        value: shownValue(option, config),
        source: sourceOf(option, cli),
      }));
      if (options.json) return cli.terminal.print(`${JSON.stringify(entries, null, 2)}\n`);
      const rows = entries.map(({ option, value, source }) => [option, cellOf(value), source]);
      cli.terminal.print(renderTable(['OPTION', 'VALUE', 'FROM'], rows, ''));
    });
  addServerFlags(command);
}

/** A value as it may be seen by everybody. */
export function shownValue(option: NamedOption, config: Config): unknown {
  const value = config[option.name];
  if (!option.secret || value === null || value === option.initial) return value;
  return option.name === 'store' ? hidePassword(String(value)) : '(hidden)';
}

/** The URL of a store, without what is secret in it: a password may also stand in the query. */
function hidePassword(url: string): string {
  if (!URL.canParse(url)) return '(hidden)';
  const { protocol, username, password, host, pathname } = new URL(url);
  return `${protocol}//${username}${password ? ':(hidden)' : ''}${username ? '@' : ''}${host}${pathname}`;
}

function sourceOf({ flag, env, fileEnv }: NamedOption, cli: Cli): string {
  if (cli.flags[flag] !== undefined) return flag;
  if (cli.env[env]?.trim()) return env;
  return fileEnv !== null && cli.env[fileEnv]?.trim() ? fileEnv : 'default';
}

function cellOf(value: unknown): string | number | null {
  if (value === null || typeof value === 'number') return value;
  return Array.isArray(value) ? value.join(', ') || null : String(value);
}
