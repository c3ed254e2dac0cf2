import type { Command } from 'commander';
import { Failure } from '../errors/failure.ts';
import { renderTimestamp } from '../model/timestamp.ts';
import type { Cli } from './cli.ts';
import { confirm } from './confirm.ts';
import { addCreateDestination } from './create-destination.ts';
import { exitCodes } from './exit-codes.ts';
import { parseId, parseSeconds } from './parse-arguments.ts';
import { renderCheck, stepLines } from './render-check.ts';
import { destinationEntries, lastCheckText, renderDestination } from './render-destination.ts';
import { runCheck, serverHeadStart } from './run-check.ts';
import { renderEntries, renderTable } from './table.ts';
import { theAccount } from './the-account.ts';

/** `destinations …`: where data goes. */
export function addDestinationsCommand(program: Command, cli: Cli): void {
  const destinations = program
    .command('destinations')
    .description('create, list, show, check and delete destinations');
  addCreateDestination(destinations, cli);
  addList(destinations, cli);
  addShow(destinations, cli);
  addCheck(destinations, cli);
  addDelete(destinations, cli);
}

interface CommonOptions {
  readonly account?: number;
  readonly json?: boolean;
}

const accountOption = ['--account <id>', 'account it belongs to (default: the only one)', parseId] as const;

function addList(destinations: Command, cli: Cli): void {
  destinations
    .command('list')
    .description('list the destinations of an account, oldest first')
    .option('--account <id>', 'account they belong to (default: the only one)', parseId)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch destinations list --account 100001')
    .action(async (options: CommonOptions) => {
      await using installation = await cli.open();
      const account = await theAccount(installation.store, options.account);
      const found = await installation.store.destinations.list(account.id);
      if (options.json) {
        return cli.terminal.print(`${JSON.stringify(found.map(renderDestination), null, 2)}\n`);
      }
      const rows = found.map((destination) => [
        destination.id,
        destination.type,
        destination.name,
        lastCheckText(destination),
        renderTimestamp(destination.updatedAt),
      ]);
      const headings = ['ID', 'TYPE', 'NAME', 'LAST CHECK', 'UPDATED'];
      cli.terminal.print(renderTable(headings, rows, `Account ${account.id} has no destinations.`));
    });
}

function addShow(destinations: Command, cli: Cli): void {
  destinations
    .command('show')
    .description('show one destination; credentials are never shown')
    .argument('<id>', 'id of the destination', parseId)
    .option(...accountOption)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch destinations show 7')
    .action(async (id: number, options: CommonOptions) => {
      await using installation = await cli.open();
      const account = await theAccount(installation.store, options.account);
      const destination = await installation.store.destinations.get(account.id, id);
      if (destination === null) throw missing(account.id, id);
      cli.terminal.print(
        options.json
          ? `${JSON.stringify(renderDestination(destination), null, 2)}\n`
          : renderEntries(destinationEntries(destination)),
      );
    });
}

function addCheck(destinations: Command, cli: Cli): void {
  destinations
    .command('check')
    .description('run a connection check and print its steps; exit code 3 when it fails')
    .argument('<id>', 'id of the destination', parseId)
    .option(...accountOption)
    .option('--wait <seconds>', 'give up waiting after so long', parseSeconds(1, 300), 60)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch destinations check 7')
    .action(async (id: number, options: CommonOptions & { wait: number }) => {
      await using installation = await cli.open();
      const account = await theAccount(installation.store, options.account);
      const check = await runCheck(installation, {
        accountId: account.id,
        id,
        waitMilliseconds: options.wait * 1000,
        headStartMilliseconds: serverHeadStart(cli.config()),
      });
      if (check.status === 'failed') cli.exitWith(exitCodes.checkFailed.code);
      if (options.json) return cli.terminal.print(`${JSON.stringify(renderCheck(check), null, 2)}\n`);
      cli.terminal.print(`${stepLines(check.steps)}\nThe check ${check.status}.\n`);
    });
}

function addDelete(destinations: Command, cli: Cli): void {
  destinations
    .command('delete')
    .description('delete a destination; its credentials are erased at once')
    .argument('<id>', 'id of the destination', parseId)
    .option(...accountOption)
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch destinations delete 7 --yes')
    .action(async (id: number, options: CommonOptions & { yes?: boolean }) => {
      await using installation = await cli.open();
      const account = await theAccount(installation.store, options.account);
      const destination = await installation.store.destinations.get(account.id, id);
      if (destination === null) throw missing(account.id, id);
      const question = `Destination ${id} (${destination.name}) will be deleted`;
      await confirm(cli.terminal, { question, answer: String(id), yes: options.yes });
      const caller = { accountId: account.id, actor: 'cli' };
      if (!(await installation.destinations.delete(caller, id))) throw missing(account.id, id);
      if (options.json) cli.terminal.print(`${JSON.stringify({ id, deleted: true })}\n`);
      else cli.terminal.print(`destination ${id} is deleted\n`);
    });
}

function missing(accountId: number, id: number): Failure {
  const remedy = `List its destinations with: backstitch destinations list --account ${accountId}`;
  return new Failure('InvalidId', `account ${accountId} has no destination ${id}`, { remedy });
}
