import type { UpdateSource } from '@backstitch/client';
import type { Command } from 'commander';
import { renderTimestamp } from '../../model/timestamp.ts';
import type { Cli } from '../cli.ts';
import { parseId } from '../parse-arguments.ts';
import { type AccountOptions, addAccountOptions, withClient } from '../with-client.ts';
import { liveSource, sourceText } from './render-source.ts';

/** `sources map`, `pause` and `unpause`. */
export function addChanges(sources: Command, cli: Cli): void {
  addAccountOptions(
    sources
      .command('map')
      .description('say where the tables of a source go; what waits follows')
      .argument('<id>', 'id of the source', parseId)
      .argument('<destination>', 'id of the destination, or "none": records wait then', parseDestination),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources map 3 7')
    .action(
      async (id: number, destination: number | null, options: AccountOptions) =>
        await update(
          cli,
          id,
          options,
          { destination_id: destination },
          destination === null
            ? 'has no destination: its records wait'
            : `is mapped to destination ${destination}`,
        ),
    );

  addAccountOptions(
    sources
      .command('pause')
      .description('accept nothing and load nothing from now on')
      .argument('<id>', 'id of the source', parseId),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources pause 3')
    .action(
      async (id: number, options: AccountOptions) =>
        await update(cli, id, options, { paused_at: renderTimestamp(cli.clock.now()) }, 'is paused'),
    );

  addAccountOptions(
    sources
      .command('unpause')
      .description('accept and load again; what waited is loaded first')
      .argument('<id>', 'id of the source', parseId),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources unpause 3')
    .action(
      async (id: number, options: AccountOptions) =>
        await update(cli, id, options, { paused_at: null }, 'is active'),
    );
}

const parseDestination = (text: string): number | null => (text === 'none' ? null : parseId(text));

async function update(
  cli: Cli,
  id: number,
  options: AccountOptions,
  change: UpdateSource,
  done: string,
): Promise<void> {
  await withClient(cli, options, async (client) => {
    await liveSource(client, id);
    const source = await client.sources.update(id, change);
    cli.terminal.print(
      options.json ? `${JSON.stringify(source, null, 2)}\n` : `${sourceText(source)} ${done}\n`,
    );
  });
}
