import type { ConnectionCheckWithSteps } from '@backstitch/client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { orMissing } from '../or-missing.ts';
import { parseId, parseSeconds } from '../parse-arguments.ts';
import { stepLines } from '../render-check.ts';
import { type AccountOptions, addAccountOptions, withClient } from '../with-client.ts';
import { watchCheck } from './watch-check.ts';

/** `destinations check`. */
export function addCheck(destinations: Command, cli: Cli): void {
  addAccountOptions(
    destinations
      .command('check')
      .description('run a connection check and print its steps; exit code 3 when it fails')
      .argument('<id>', 'id of the destination', parseId)
      .option('--wait <seconds>', 'give up waiting after so long', parseSeconds(1, 300), 60),
  )
    .addHelpText('after', '\nExample:\n  backstitch destinations check 7')
    .action(
      async (id: number, options: AccountOptions & { wait: number }) =>
        await withClient(cli, options, async (client, connection) => {
          const { name } = await orMissing('destination', id, client.destinations.check(id));
          const check = await watchCheck(cli, connection, id, name, options.wait);
          if (options.json) cli.terminal.print(`${JSON.stringify(check, null, 2)}\n`);
          else cli.terminal.print(checkLines(check));
          exitByCheck(cli, check);
        }),
    );
}

/** Its steps, and how it ended. */
export const checkLines = ({ steps, status }: ConnectionCheckWithSteps): string =>
  `${stepLines(steps)}\nThe check ${status}.\n`;

export function exitByCheck(cli: Cli, { status }: ConnectionCheckWithSteps): void {
  if (status === 'failed') cli.exitWith(exitCodes.checkFailed.code);
}
