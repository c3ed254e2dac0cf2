import type { ConnectionCheckWithSteps, Written } from '@backstitch/client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { UsageError } from '../usage-error.ts';
import type { AccountOptions, Connection } from '../with-client.ts';
import { checkLines, exitByCheck } from './check.ts';
import { renderDestination } from './render-destination.ts';
import { watchCheck } from './watch-check.ts';

/** What `add` and `set` have in common. */
export interface WriteOptions {
  readonly strict?: boolean;
  /** False with --no-check. */
  readonly check: boolean;
  readonly name?: string;
  readonly description?: string;
}

export const addWriteOptions = (command: Command): Command =>
  command
    .option('--strict', 'do it only if a connection check of the new settings succeeds first')
    .option('--no-check', 'do not wait for the connection check')
    .hook('preAction', (action) => {
      const { strict, check } = action.opts<WriteOptions>();
      if (strict && !check)
        throw new UsageError('--strict is a check: give --strict or --no-check, not both');
    });

/** Shows the check that a write has started, or by which it was proved, and what to do when it failed. */
export async function tellCheck(
  cli: Cli,
  connection: Connection,
  written: Written,
  { check: waits, json }: WriteOptions & AccountOptions,
): Promise<void> {
  const { terminal } = cli;
  const { id } = written.destination;
  const check = waits ? await watchCheck(cli, connection, id, written.checkName) : null;
  if (json) terminal.print(`${JSON.stringify({ ...renderDestination(written), check }, null, 2)}\n`);
  else if (check === null) terminal.note(`See whether it works: backstitch destinations check ${id}`);
  else terminal.print(`\n${checkLines(check)}`);
  if (check !== null) exitByCheck(cli, check);
  if (check?.status === 'failed' && !json) terminal.note(whatNow(id, check));
}

const whatNow = (id: number, { steps }: ConnectionCheckWithSteps): string => {
  const isPassword = steps.some(({ code }) => code === 'wrong_password');
  return `The settings are kept. Change what is wrong: backstitch destinations set ${id} ${isPassword ? 'password' : '<property>=<value>'}`;
};
