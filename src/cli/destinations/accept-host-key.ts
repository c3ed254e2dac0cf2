import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { orMissing } from '../or-missing.ts';
import { parseId } from '../parse-arguments.ts';
import { printable } from '../printable.ts';
import { type AccountOptions, addAccountOptions, withClient } from '../with-client.ts';
import { checkLines, exitByCheck } from './check.ts';
import { watchCheck } from './watch-check.ts';

/** `destinations accept-host-key`. */
export function addAcceptHostKey(destinations: Command, cli: Cli): void {
  addAccountOptions(
    destinations
      .command('accept-host-key')
      .description('trust the SSH host key that the last check saw, and check again')
      .argument('<id>', 'id of the destination', parseId)
      .option('--yes', 'do not ask'),
  )
    .addHelpText(
      'after',
      '\nA key that has changed may be that of somebody who reads along: ask whoever runs the SSH server first.\n\nExample:\n  backstitch destinations accept-host-key 7',
    )
    .action(
      async (id: number, options: AccountOptions & { yes?: boolean }) =>
        await withClient(cli, options, async (client, connection) => {
          const [last] = await orMissing('destination', id, client.destinations.checks(id, { limit: 1 }));
          const seen = last?.steps.find(({ code }) => code === 'ssh_host_key_changed')?.message;
          const question = `${seen === undefined ? '' : `${printable(seen)} `}The key of the SSH server of destination ${id} will be trusted`;
          await confirm(cli.terminal, { question, answer: String(id), yes: options.yes });
          const { name } = await client.destinations.acceptSshHostKey(id);
          const check = await watchCheck(cli, connection, id, name);
          cli.terminal.print(options.json ? `${JSON.stringify(check, null, 2)}\n` : checkLines(check));
          exitByCheck(cli, check);
        }),
    );
}
