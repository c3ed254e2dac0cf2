import type { RejectedFilter } from '@backstitch/client';
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { parseId, parseTime } from './parse-arguments.ts';
import { printable } from './printable.ts';
import { download } from './rejected/download.ts';
import { liveSource } from './sources/render-source.ts';
import { type Cell, renderTable } from './table.ts';
import { type AccountOptions, addAccountOptions, withClient } from './with-client.ts';

type FilterOptions = AccountOptions & RejectedFilter;

/** `rejected …`: records that could not be loaded. */
export function addRejectedCommand(program: Command, cli: Cli): void {
  const rejected = program
    .command('rejected')
    .description('list, download and retry records that could not be loaded');
  addList(rejected, cli);
  addDownload(rejected, cli);
  addRetry(rejected, cli);
}

function addList(rejected: Command, cli: Cli): void {
  addAccountOptions(
    rejected
      .command('list')
      .description('show what was rejected and not retried, by table, with the reasons')
      .argument('[source]', 'id of a source (default: all of them)', parseId),
  )
    .addHelpText('after', '\nExample:\n  backstitch rejected list 3')
    .action(
      async (id: number | undefined, options: AccountOptions) =>
        await withClient(cli, options, async (client) => {
          const sources =
            id === undefined
              ? (await client.sources.list()).filter(({ deleted_at }) => deleted_at === null)
              : [await liveSource(client, id)];
          const found = await Promise.all(
            sources.map(async (source) => ({ source, tables: await client.sources.rejected(source.id) })),
          );
          const all = found.flatMap(({ source, tables }) => tables.map((table) => ({ source, ...table })));
          if (options.json) {
            const shown = all.map(({ source, ...table }) => ({ source_id: source.id, ...table }));
            return cli.terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
          }
          const rows = all.flatMap(({ source, table_name, last_rejected_at, reasons, more }) =>
            reasons.map(({ reason, kind, count }): Cell[] => [
              source.id,
              `${source.name}.${table_name}`,
              kind === 'record' ? 'record' : 'value',
              `${count}${more ? ' or more' : ''}`,
              last_rejected_at,
              reason,
            ]),
          );
          const headings = ['SOURCE', 'TABLE', 'WHAT', 'COUNT', 'LAST', 'REASON'];
          cli.terminal.print(renderTable(headings, rows, 'Nothing was rejected.'));
        }),
    );
}

const withFilter = (command: Command): Command =>
  addAccountOptions(
    command
      .argument('<source>', 'id of the source', parseId)
      .option('--table <name>', 'only of this table, as the sender names it')
      .option('--batch <id>', 'only of this batch')
      .option('--since <time>', 'only what was rejected since then', parseTime),
  );

const filterOf = ({ table, batch, since }: FilterOptions): RejectedFilter => ({
  ...(table === undefined ? {} : { table }),
  ...(batch === undefined ? {} : { batch }),
  ...(since === undefined ? {} : { since }),
});

function addDownload(rejected: Command, cli: Cli): void {
  withFilter(
    rejected
      .command('download')
      .description('write the rejected records, whole, to a file: a JSON object on each line'),
  )
    .option('--output <file>', 'file to make (- is standard output; default: rejected-<source>.jsonl)')
    .option('--force', 'replace the file if it is there')
    .addHelpText('after', '\nExample:\n  backstitch rejected download 3 --table orders --output orders.jsonl')
    .action(
      async (id: number, options: FilterOptions & { output?: string; force?: boolean }) =>
        await withClient(cli, options, async (client) => {
          await liveSource(client, id);
          const { output: file = `rejected-${id}.jsonl`, force = false, json } = options;
          const stream = await client.sources.rejectedRecords(id, filterOf(options));
          const records = await download(cli.terminal, stream, file, force);
          if (file === '-') return;
          if (json) cli.terminal.print(`${JSON.stringify({ file, records })}\n`);
          else cli.terminal.print(`${records} rejected records are in ${printable(file)}\n`);
        }),
    );
}

function addRetry(rejected: Command, cli: Cli): void {
  withFilter(
    rejected
      .command('retry')
      .description('load rejected records again, after what was wrong in the destination was mended'),
  )
    .addHelpText('after', '\nExample:\n  backstitch rejected retry 3 --table orders')
    .action(
      async (id: number, options: FilterOptions) =>
        await withClient(cli, options, async (client) => {
          await liveSource(client, id);
          const retried = await client.sources.retryRejected(id, filterOf(options));
          if (options.json) return cli.terminal.print(`${JSON.stringify(retried, null, 2)}\n`);
          const { records, batches, left_out } = retried;
          cli.terminal.print(`records on their way once more: ${records}, in batches: ${batches}\n`);
          for (const { records: left, why } of left_out)
            cli.terminal.print(`left out: ${left}. ${printable(why)}\n`);
        }),
    );
}
