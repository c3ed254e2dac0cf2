import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { parseId } from '../parse-arguments.ts';
import { renderTable } from '../table.ts';
import { type AccountOptions, addAccountOptions, withClient } from '../with-client.ts';
import { liveSource } from './render-source.ts';

/** `sources tokens`. */
export function addTokens(sources: Command, cli: Cli): void {
  addAccountOptions(
    sources
      .command('tokens')
      .description('list the import tokens of a source by their ids, or revoke one')
      .argument('<id>', 'id of the source', parseId)
      .option('--revoke <token>', 'id of the token that is to work no more', parseId),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources tokens 3 --revoke 12')
    .action(
      async (id: number, { revoke, ...options }: AccountOptions & { revoke?: number }) =>
        await withClient(cli, options, async (client) => {
          await liveSource(client, id);
          if (revoke !== undefined) await client.sources.revokeToken(id, revoke);
          const tokens = await client.sources.tokens(id);
          if (options.json) return cli.terminal.print(`${JSON.stringify(tokens)}\n`);
          if (revoke !== undefined) cli.terminal.print(`token ${revoke} is revoked\n`);
          const rows = tokens.map((token) => [token]);
          cli.terminal.print(
            renderTable(['TOKEN'], rows, `No import token works: backstitch sources token ${id}`),
          );
        }),
    );
}
