import type { Replay } from '@backstitch/client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { collect, parseId, parseTime } from '../parse-arguments.ts';
import { renderTable } from '../table.ts';
import { type AccountOptions, addAccountOptions, withClient } from '../with-client.ts';
import { liveSource } from './render-source.ts';

interface ReplayOptions extends AccountOptions {
  readonly table?: readonly string[];
  readonly since?: string;
  readonly force?: boolean;
}

/** `sources replay` and `sources replays`: loading once more what is kept. */
export function addReplays(sources: Command, cli: Cli): void {
  const print = (replays: readonly Replay[], { json }: AccountOptions) =>
    cli.terminal.print(json ? `${JSON.stringify(replays, null, 2)}\n` : replayTable(replays));

  addAccountOptions(
    sources
      .command('replay')
      .description('load once more what is kept of a source, into a destination')
      .argument('<id>', 'id of the source', parseId)
      .argument('<destination>', 'id of the destination', parseId)
      .option(
        '--table <name>',
        'only this table, as the sender names it; may be given several times',
        collect,
      )
      .option('--since <time>', 'only what was received since then', parseTime)
      .option('--force', 'also into tables that only grow and hold the batches already'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  backstitch sources replay 3 7 --table orders --since 2026-11-20T00:00:00Z',
    )
    .action(
      async (id: number, destination: number, options: ReplayOptions) =>
        await withClient(cli, options, async (client) => {
          await liveSource(client, id);
          const { table: tables, since, force } = options;
          const replay = await client.replays.start(id, {
            destination_id: destination,
            ...(tables && { tables }),
            ...(since !== undefined && { since }),
            ...(force && { force }),
          });
          print([replay], options);
        }),
    );

  addAccountOptions(
    sources
      .command('replays')
      .description('list the replays of a source with how far they are, or cancel one')
      .argument('<id>', 'id of the source', parseId)
      .option('--cancel <replay>', 'give up what this replay has not loaded', parseId),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources replays 3')
    .action(
      async (id: number, options: AccountOptions & { cancel?: number }) =>
        await withClient(cli, options, async (client) => {
          await liveSource(client, id);
          if (options.cancel === undefined) return print(await client.replays.list(id), options);
          print([await client.replays.cancel(id, options.cancel)], options);
        }),
    );
}

const replayTable = (replays: readonly Replay[]): string =>
  renderTable(
    ['REPLAY', 'DESTINATION', 'STATE', 'TABLE', 'BATCHES', 'REMAINING', 'RECORDS', 'RECEIVED FROM', 'NOTE'],
    replays.flatMap(({ id, destination_id, state, tables }) =>
      tables.map((table) => [
        id,
        destination_id,
        state,
        table.table_name,
        table.batches,
        table.batches_remaining,
        table.records,
        table.received_from,
        table.error?.message ?? missingText(table.missing_until),
      ]),
    ),
    'The source has no replays.',
  );

const missingText = (until: string | null): string | null =>
  until && `what came until ${until} is not kept any more`;
