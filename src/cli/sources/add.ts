import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { parseId } from '../parse-arguments.ts';
import { renderEntries } from '../table.ts';
import { type AccountOptions, addAccountOptions, withClient } from '../with-client.ts';
import { liveSource, sourceEntries } from './render-source.ts';

interface AddOptions extends AccountOptions {
  readonly destination?: number;
  readonly onInvalid?: string;
  readonly quiet?: boolean;
}

/** `sources add`. */
export function addAdd(sources: Command, cli: Cli): void {
  addAccountOptions(
    sources
      .command('add')
      .alias('create')
      .description('make an Import API source and its first import token, which is shown once')
      .argument('<name>', 'what people call it; the schema in the destination is named after it')
      .option('--destination <id>', 'where its tables go (default: the only destination)', parseId)
      .option('--on-invalid <word>', 'refuse (a bad record refuses its request) or reject (only the record)')
      .option('--quiet', 'print the import token alone'),
  )
    .addHelpText('after', '\nExample:\n  TOKEN=$(backstitch sources add Shop --quiet)')
    .action(
      async (displayName: string, options: AddOptions) =>
        await withClient(cli, options, async ({ sources: api }) => {
          const { destination, onInvalid } = options;
          const source = await api.create({
            type: 'import_api',
            display_name: displayName,
            ...(destination === undefined ? {} : { destination_id: destination }),
            ...(onInvalid === undefined ? {} : { properties: { on_invalid: onInvalid } }),
          });
          const { id: token_id, access_token } = await api.createToken(source.id);
          showToken(cli, options, {
            token: access_token,
            json: { ...source, token_id, access_token },
            entries: sourceEntries(source),
          });
          if (source.destination_id === null && !options.json && !options.quiet)
            cli.terminal.note(
              `The source has no destination: its records wait. Map it with: backstitch sources map ${source.id} <destination>`,
            );
        }),
    );
}

/** `sources token`. */
export function addToken(sources: Command, cli: Cli): void {
  addAccountOptions(
    sources
      .command('token')
      .description('issue an import token for a source; it has at most two that work')
      .argument('<id>', 'id of the source', parseId)
      .option('--quiet', 'print the value alone'),
  )
    .addHelpText('after', '\nExample:\n  backstitch sources token 3 --quiet > shop.token')
    .action(
      async (id: number, options: AccountOptions & { quiet?: boolean }) =>
        await withClient(cli, options, async (client) => {
          await liveSource(client, id);
          const { id: tokenId, access_token } = await client.sources.createToken(id);
          showToken(cli, options, {
            token: access_token,
            json: { id: tokenId, source_id: id, access_token },
            entries: { id: tokenId, source: id },
          });
        }),
    );
}

interface ShownToken {
  readonly token: string;
  readonly json: object;
  readonly entries: Parameters<typeof renderEntries>[0];
}

function showToken(
  { terminal }: Cli,
  { quiet, json: asJson }: AccountOptions & { quiet?: boolean },
  { token, json, entries }: ShownToken,
): void {
  if (quiet) return void terminal.print(`${token}\n`);
  if (asJson) return void terminal.print(`${JSON.stringify(json, null, 2)}\n`);
  terminal.print(renderEntries({ ...entries, token }));
  terminal.note('The token is shown this once: keep it now.');
}
