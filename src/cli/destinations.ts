import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { confirm } from './confirm.ts';
import { addAcceptHostKey } from './destinations/accept-host-key.ts';
import { addAdd } from './destinations/add.ts';
import { addCheck } from './destinations/check.ts';
import { addHistory } from './destinations/history.ts';
import { checkText, destinationEntries, renderDestination } from './destinations/render-destination.ts';
import { addSet } from './destinations/set.ts';
import { addTypes } from './destinations/types.ts';
import { orMissing } from './or-missing.ts';
import { parseId } from './parse-arguments.ts';
import { printable } from './printable.ts';
import { renderEntries, renderTable } from './table.ts';
import { type AccountOptions, addAccountOptions, withClient } from './with-client.ts';

/** `destinations …`: where data goes. */
export function addDestinationsCommand(program: Command, cli: Cli): void {
  const destinations = program
    .command('destinations')
    .description('list, show, add, change, check and delete destinations');
  addList(destinations, cli);
  addShow(destinations, cli);
  addAdd(destinations, cli);
  addSet(destinations, cli);
  addCheck(destinations, cli);
  addHistory(destinations, cli);
  addAcceptHostKey(destinations, cli);
  addDelete(destinations, cli);
  addTypes(destinations, cli);
}

function addList(destinations: Command, cli: Cli): void {
  addAccountOptions(
    destinations.command('list').description('list the destinations of an account, oldest first'),
  )
    .addHelpText('after', '\nExample:\n  backstitch destinations list')
    .action(
      async (options: AccountOptions) =>
        await withClient(cli, options, async ({ destinations: api }) => {
          const found = await api.list();
          if (options.json) return cli.terminal.print(`${JSON.stringify(found, null, 2)}\n`);
          const rows = await Promise.all(
            found.map(async ({ id, type, name, updated_at }) => {
              const [check] = await api.checks(id, { limit: 1 });
              return [id, type, name, checkText(check), updated_at];
            }),
          );
          const headings = ['ID', 'TYPE', 'NAME', 'LAST CHECK', 'UPDATED'];
          const empty = 'There are no destinations yet: backstitch destinations add';
          cli.terminal.print(renderTable(headings, rows, empty));
        }),
    );
}

function addShow(destinations: Command, cli: Cli): void {
  addAccountOptions(
    destinations
      .command('show')
      .description('show one destination; credentials are never shown')
      .argument('<id>', 'id of the destination', parseId),
  )
    .addHelpText('after', '\nExample:\n  backstitch destinations show 7')
    .action(
      async (id: number, options: AccountOptions) =>
        await withClient(cli, options, async ({ destinations: api }) => {
          const [read, [check]] = await orMissing(
            'destination',
            id,
            Promise.all([api.get(id), api.checks(id, { limit: 1 })]),
          );
          cli.terminal.print(
            options.json
              ? `${JSON.stringify(renderDestination(read), null, 2)}\n`
              : renderEntries({ ...destinationEntries(read), 'last check': checkText(check) }),
          );
        }),
    );
}

function addDelete(destinations: Command, cli: Cli): void {
  addAccountOptions(
    destinations
      .command('delete')
      .description('delete a destination; its credentials are erased at once')
      .argument('<id>', 'id of the destination', parseId)
      .option('--yes', 'do not ask'),
  )
    .addHelpText('after', '\nExample:\n  backstitch destinations delete 7 --yes')
    .action(
      async (id: number, options: AccountOptions & { yes?: boolean }) =>
        await withClient(cli, options, async (client) => {
          const [{ destination, revision }, sources] = await Promise.all([
            orMissing('destination', id, client.destinations.get(id)),
            client.sources.list(),
          ]);
          const from = sources.filter((source) => source.destination_id === id && source.deleted_at === null);
          const names = from.map(({ display_name }) => printable(display_name)).join(', ');
          const consequence = from.length > 0 ? `; records of ${names} will wait` : '';
          const question = `Destination ${id} (${printable(destination.name)}) will be deleted${consequence}`;
          await confirm(cli.terminal, { question, answer: String(id), yes: options.yes });
          await client.destinations.delete(id, { ifRevision: revision });
          if (options.json) cli.terminal.print(`${JSON.stringify({ id, deleted: true })}\n`);
          else cli.terminal.print(`destination ${id} is deleted\n`);
        }),
    );
}
