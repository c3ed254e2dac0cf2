import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { confirm } from './confirm.ts';
import { parseId } from './parse-arguments.ts';
import { addAdd, addToken } from './sources/add.ts';
import { addBatches, addDiscard } from './sources/batches.ts';
import { addChanges } from './sources/change.ts';
import { liveSource, sourceEntries, sourceText, stateText, waitingText } from './sources/render-source.ts';
import { addReplays } from './sources/replays.ts';
import { addTokens } from './sources/tokens.ts';
import { renderEntries, renderTable } from './table.ts';
import { type AccountOptions, addAccountOptions, withClient } from './with-client.ts';

/** `sources …`: where records come from. */
export function addSourcesCommand(program: Command, cli: Cli): void {
  const sources = program
    .command('sources')
    .description('list, show, add, map, pause, replay and delete sources, and issue their import tokens');
  addList(sources, cli);
  addShow(sources, cli);
  addAdd(sources, cli);
  addToken(sources, cli);
  addTokens(sources, cli);
  addChanges(sources, cli);
  addBatches(sources, cli);
  addDiscard(sources, cli);
  addReplays(sources, cli);
  addDelete(sources, cli);
}

function addList(sources: Command, cli: Cli): void {
  addAccountOptions(sources.command('list').description('list the sources of an account, oldest first'))
    .addHelpText('after', '\nExample:\n  backstitch sources list')
    .action(
      async (options: AccountOptions) =>
        await withClient(cli, options, async (client) => {
          const found = (await client.sources.list()).filter(({ deleted_at }) => deleted_at === null);
          if (options.json) return cli.terminal.print(`${JSON.stringify(found, null, 2)}\n`);
          const rows = await Promise.all(
            found.map(async (source) => [
              source.id,
              source.display_name,
              source.name,
              source.destination_id,
              stateText(source),
              await waitingText(client, source.id),
            ]),
          );
          const headings = ['ID', 'NAME', 'SCHEMA', 'DESTINATION', 'STATE', 'WAITING'];
          const empty = 'There are no sources yet: backstitch sources add <name>';
          cli.terminal.print(renderTable(headings, rows, empty));
        }),
    );
}

function addShow(sources: Command, cli: Cli): void {
  addAccountOptions(
    sources
      .command('show')
      .description('show one source and what waits of it')
      .argument('<id>', 'id of the source', parseId),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources show 3')
    .action(
      async (id: number, options: AccountOptions) =>
        await withClient(cli, options, async (client) => {
          const source = await liveSource(client, id);
          if (options.json) return cli.terminal.print(`${JSON.stringify(source, null, 2)}\n`);
          const [waiting, tokens] = await Promise.all([waitingText(client, id), client.sources.tokens(id)]);
          cli.terminal.print(
            renderEntries({ ...sourceEntries(source), 'import tokens': tokens.length, waiting }),
          );
        }),
    );
}

function addDelete(sources: Command, cli: Cli): void {
  addAccountOptions(
    sources
      .command('delete')
      .description('delete a source with its tokens; batches that wait are discarded, tables stay')
      .argument('<id>', 'id of the source', parseId)
      .option('--yes', 'do not ask'),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources delete 3 --yes')
    .action(
      async (id: number, options: AccountOptions & { yes?: boolean }) =>
        await withClient(cli, options, async (client) => {
          const source = await liveSource(client, id);
          const waiting = await waitingText(client, id);
          const question = `${sourceText(source)} will be deleted; waiting: ${waiting}`;
          await confirm(cli.terminal, { question, answer: String(id), yes: options.yes });
          const { discardedBatches } = await client.sources.delete(id);
          const shown = { id, deleted: true, discarded_batches: discardedBatches };
          if (options.json) cli.terminal.print(`${JSON.stringify(shown)}\n`);
          else cli.terminal.print(`source ${id} is deleted; batches discarded: ${discardedBatches}\n`);
        }),
    );
}
