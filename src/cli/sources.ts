import type { Command } from 'commander';
import { Failure } from '../errors/failure.ts';
import type { Source } from '../model/source.ts';
import { renderTimestampOrNull } from '../model/timestamp.ts';
import type { Store } from '../store/store.ts';
import type { Cli } from './cli.ts';
import { confirm } from './confirm.ts';
import type { Installation } from './installation.ts';
import { parseId } from './parse-arguments.ts';
import { addReplayCommands } from './replays.ts';
import { renderEntries, renderTable } from './table.ts';
import { theAccount } from './the-account.ts';

/** `sources …`: where records come from. */
export function addSourcesCommand(program: Command, cli: Cli): void {
  const sources = program
    .command('sources')
    .description('create, list, map, pause, replay and delete sources, and issue their import tokens');
  addCreate(sources, cli);
  addList(sources, cli);
  addToken(sources, cli);
  addMap(sources, cli);
  addPause(sources, cli, 'pause');
  addPause(sources, cli, 'unpause');
  addReplayCommands(sources, cli);
  addDelete(sources, cli);
}

interface CommonOptions {
  readonly account?: number;
  readonly json?: boolean;
}

const accountOption = ['--account <id>', 'account it belongs to (default: the only one)', parseId] as const;
const listHint = (accountId: number): string =>
  `List its sources with: backstitch sources list --account ${accountId}`;

/** Opens the installation and calls back with who asks and where. */
async function within<T>(
  cli: Cli,
  { account }: CommonOptions,
  work: (installation: Installation, caller: { accountId: number; actor: string }) => Promise<T>,
): Promise<T> {
  await using installation = await cli.open();
  const { id: accountId } = await theAccount(installation.store, account);
  return await work(installation, { accountId, actor: 'cli' });
}

function addCreate(sources: Command, cli: Cli): void {
  sources
    .command('create')
    .description('create an Import API source and its first import token, which is shown once')
    .argument('<name>', 'what people call it; the schema in the destination is named after it')
    .option('--destination <id>', 'where its tables go (default: the only destination)', parseId)
    .option('--on-invalid <word>', 'refuse (a bad record refuses its request) or reject (only the record)')
    .option(...accountOption)
    .option('--quiet', 'print the import token alone')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  TOKEN=$(backstitch sources create Shop --quiet)')
    .action(
      async (
        displayName: string,
        options: CommonOptions & { destination?: number; onInvalid?: string; quiet?: boolean },
      ) =>
        await within(cli, options, async ({ sources: control }, caller) => {
          const { destination: destinationId, onInvalid } = options;
          const source = await control.create(caller, {
            type: 'import_api',
            displayName,
            ...(destinationId === undefined ? {} : { destinationId }),
            ...(onInvalid === undefined ? {} : { properties: { on_invalid: onInvalid } }),
          });
          const token = await control.issueToken(caller, source.id);
          if (options.quiet) return cli.terminal.print(`${token.value}\n`);
          const shown = { ...renderSource(source), token_id: token.id, access_token: token.value };
          if (options.json) return cli.terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
          cli.terminal.print(renderEntries(shown));
          cli.terminal.note('The token is shown this once: keep it now.');
          if (source.destinationId === null) cli.terminal.note(unmapped(source.id));
        }),
    );
}

const unmapped = (id: number): string =>
  `The source has no destination: its records wait. Map it with: backstitch sources map ${id} <destination>`;

function addList(sources: Command, cli: Cli): void {
  sources
    .command('list')
    .description('list the sources of an account, oldest first')
    .option('--account <id>', 'account they belong to (default: the only one)', parseId)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch sources list')
    .action(
      async (options: CommonOptions) =>
        await within(cli, options, async ({ store }, { accountId }) => {
          const found = (await store.sources.list(accountId)).filter(({ deletedAt }) => deletedAt === null);
          if (options.json)
            return cli.terminal.print(`${JSON.stringify(found.map(renderSource), null, 2)}\n`);
          const rows = await Promise.all(
            found.map(async (source) => [
              source.id,
              source.displayName,
              source.name,
              source.destinationId,
              source.pausedAt === null ? 'active' : 'paused',
              await waitingText(store, source),
            ]),
          );
          const headings = ['ID', 'NAME', 'SCHEMA', 'DESTINATION', 'STATE', 'WAITING'];
          cli.terminal.print(renderTable(headings, rows, `Account ${accountId} has no sources.`));
        }),
    );
}

/** Batches that a list looks at; more are told as "more". */
const mostBatches = 100;

async function waitingText(store: Store, { accountId, id }: Source): Promise<string> {
  const limit = mostBatches;
  const blocked = await store.batches.list(accountId, id, { state: 'blocked', limit });
  const ready = await store.batches.list(accountId, id, { state: 'ready', limit });
  const told = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${count}${count === limit ? ' or more' : ''} ${what}`];
  return [...told(ready.length, 'ready'), ...told(blocked.length, 'blocked')].join(', ') || 'nothing';
}

function addToken(sources: Command, cli: Cli): void {
  sources
    .command('token')
    .description('issue an import token for a source; it has at most two that work')
    .argument('<id>', 'id of the source', parseId)
    .option(...accountOption)
    .option('--quiet', 'print the value alone')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch sources token 3 --quiet > shop.token')
    .action(
      async (id: number, options: CommonOptions & { quiet?: boolean }) =>
        await within(cli, options, async (installation, caller) => {
          await liveSource(installation.store, caller.accountId, id);
          const token = await installation.sources.issueToken(caller, id);
          if (options.quiet) return cli.terminal.print(`${token.value}\n`);
          const shown = { id: token.id, source_id: id, access_token: token.value };
          if (options.json) return cli.terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
          cli.terminal.print(renderEntries(shown));
          cli.terminal.note('The token is shown this once: keep it now.');
        }),
    );
}

function addMap(sources: Command, cli: Cli): void {
  sources
    .command('map')
    .description('say where the tables of a source go; what waits follows')
    .argument('<id>', 'id of the source', parseId)
    .argument('<destination>', 'id of the destination', parseId)
    .option(...accountOption)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch sources map 3 7')
    .action(
      async (id: number, destinationId: number, options: CommonOptions) =>
        await update(cli, options, id, { destinationId }, `is mapped to destination ${destinationId}`),
    );
}

function addPause(sources: Command, cli: Cli, word: 'pause' | 'unpause'): void {
  const isPause = word === 'pause';
  sources
    .command(word)
    .description(
      isPause
        ? 'accept nothing and load nothing from now on'
        : 'accept and load again; what waited is loaded first',
    )
    .argument('<id>', 'id of the source', parseId)
    .option(...accountOption)
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  backstitch sources ${word} 3`)
    .action(
      async (id: number, options: CommonOptions) =>
        await update(
          cli,
          options,
          id,
          { pausedAt: isPause ? cli.clock.now() : null },
          isPause ? 'is paused' : 'is active',
        ),
    );
}

async function update(
  cli: Cli,
  options: CommonOptions,
  id: number,
  change: { destinationId?: number; pausedAt?: number | null },
  done: string,
): Promise<void> {
  await within(cli, options, async ({ store, sources }, caller) => {
    await liveSource(store, caller.accountId, id);
    const source = await sources.update(caller, id, change);
    if (options.json) cli.terminal.print(`${JSON.stringify(renderSource(source), null, 2)}\n`);
    else cli.terminal.print(`source ${id} (${source.displayName}) ${done}\n`);
  });
}

function addDelete(sources: Command, cli: Cli): void {
  sources
    .command('delete')
    .description('delete a source with its tokens; batches that wait are discarded, tables stay')
    .argument('<id>', 'id of the source', parseId)
    .option(...accountOption)
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch sources delete 3 --yes')
    .action(
      async (id: number, options: CommonOptions & { yes?: boolean }) =>
        await within(cli, options, async ({ store, sources: control }, caller) => {
          const source = await liveSource(store, caller.accountId, id);
          const waits = await waitingText(store, source);
          const question = `Source ${id} (${source.displayName}; waiting: ${waits}) will be deleted`;
          await confirm(cli.terminal, { question, answer: String(id), yes: options.yes });
          const { discardedBatches } = await control.delete(caller, id);
          const shown = { id, deleted: true, discarded_batches: discardedBatches };
          if (options.json) cli.terminal.print(`${JSON.stringify(shown)}\n`);
          else cli.terminal.print(`source ${id} is deleted; batches discarded: ${discardedBatches}\n`);
        }),
    );
}

/** @throws {Failure} InvalidId */
async function liveSource(store: Store, accountId: number, id: number): Promise<Source> {
  const source = await store.sources.get(accountId, id);
  if (source !== null && source.deletedAt === null) return source;
  throw new Failure('InvalidId', `account ${accountId} has no source ${id}`, { remedy: listHint(accountId) });
}

const renderSource = (source: Source) => ({
  id: source.id,
  display_name: source.displayName,
  name: source.name,
  destination_id: source.destinationId,
  paused_at: renderTimestampOrNull(source.pausedAt),
});
