import type { Batch } from '@backstitch/client';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { parseCount, parseId } from '../parse-arguments.ts';
import { printable } from '../printable.ts';
import { renderTable } from '../table.ts';
import { type AccountOptions, addAccountOptions, withClient } from '../with-client.ts';
import { liveSource, sourceText } from './render-source.ts';

const states = ['ready', 'loading', 'blocked', 'quarantined', 'loaded'] as const satisfies Batch['state'][];

interface BatchesOptions extends AccountOptions {
  readonly state?: Batch['state'];
  readonly table?: string;
  readonly limit: number;
}

/** `sources batches`. */
export function addBatches(sources: Command, cli: Cli): void {
  addAccountOptions(
    sources
      .command('batches')
      .description('list the batches of a source with what became of them, newest first')
      .argument('<id>', 'id of the source', parseId)
      .option('--state <state>', states.join(', '), parseState)
      .option('--table <name>', 'only of this table, as the sender names it')
      .option('--limit <number>', 'how many at most, up to 100', parseCount(1, 100), 20),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources batches 3 --state blocked')
    .action(
      async (id: number, options: BatchesOptions) =>
        await withClient(cli, options, async (client) => {
          await liveSource(client, id);
          const { state, table, limit } = options;
          const found = await client.sources.batches(id, {
            limit,
            ...(state === undefined ? {} : { state }),
            ...(table === undefined ? {} : { table }),
          });
          cli.terminal.print(options.json ? `${JSON.stringify(found, null, 2)}\n` : batchTable(found));
        }),
    );
}

function parseState(text: string): Batch['state'] {
  const state = states.find((known) => known === text);
  if (state !== undefined) return state;
  throw new InvalidArgumentError(`Give one of ${states.join(', ')}.`);
}

const batchTable = (batches: readonly Batch[]): string =>
  renderTable(
    ['BATCH', 'TABLE', 'STATE', 'RECORDS', 'RECEIVED', 'NOTE'],
    batches.map((batch) => [
      batch.id,
      batch.table_name,
      batch.state,
      batch.records,
      batch.received_at,
      batch.waits_for?.message ?? batch.last_error,
    ]),
    'There are no such batches.',
  );

/** `sources discard`. */
export function addDiscard(sources: Command, cli: Cli): void {
  addAccountOptions(
    sources
      .command('discard')
      .description('give up a batch that is blocked or quarantined, so that others of its table are loaded')
      .argument('<id>', 'id of the source', parseId)
      .argument('<batch>', 'id of the batch, as `sources batches` shows it')
      .option('--yes', 'do not ask'),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources discard 3 0f3c5a7b9d1e4f60')
    .action(
      async (id: number, batchId: string, options: AccountOptions & { yes?: boolean }) =>
        await withClient(cli, options, async (client) => {
          const source = await liveSource(client, id);
          const waiting = await Promise.all(
            (['blocked', 'quarantined'] as const).map((state) =>
              client.sources.batches(id, { state, limit: 100 }),
            ),
          );
          const batch = waiting.flat().find((one) => one.id === batchId);
          const what = batch ? `, ${batch.records} records of ${printable(batch.table_name)},` : '';
          const question = `Batch ${printable(batchId)}${what} of ${sourceText(source)} will never be loaded`;
          await confirm(cli.terminal, { question, answer: 'discard', yes: options.yes });
          const discard = await client.sources.discardBatch(id, batchId);
          if (options.json) return void cli.terminal.print(`${JSON.stringify(discard, null, 2)}\n`);
          cli.terminal.print(
            discard.discarded
              ? `batch ${discard.id} is discarded: ${discard.records} records of ${printable(discard.table_name)}\n`
              : `batch ${discard.id} is discarded once the destination has told that it does not stand there already\n`,
          );
        }),
    );
}
