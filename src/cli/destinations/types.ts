import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { renderTable } from '../table.ts';
import { type AccountOptions, addAccountOptions, withClient } from '../with-client.ts';
import { type FormEntry, readForm } from './read-form.ts';

/** `destinations types`. */
export function addTypes(destinations: Command, cli: Cli): void {
  addAccountOptions(
    destinations
      .command('types')
      .description('list the types of destinations, or the properties of one')
      .argument('[type]', 'postgres …'),
  )
    .addHelpText('after', '\nExample:\n  backstitch destinations types postgres')
    .action(
      async (type: string | undefined, options: AccountOptions) =>
        await withClient(cli, options, async (client) => {
          const { terminal } = cli;
          if (type !== undefined) {
            const form = await readForm(client, type);
            return terminal.print(
              options.json ? `${JSON.stringify(form, null, 2)}\n` : propertyTable(form.properties),
            );
          }
          const forms = await client.destinations.forms();
          if (options.json) return terminal.print(`${JSON.stringify(forms, null, 2)}\n`);
          const rows = forms.map(({ type, title, access }) => [type, title, access ? 'yes' : 'not yet']);
          terminal.print(renderTable(['TYPE', 'NAME', 'CONNECTS'], rows, 'There are no types.'));
        }),
    );
}

const propertyTable = (properties: readonly FormEntry[]): string =>
  renderTable(
    ['PROPERTY', 'KIND', 'NEEDED', 'DEFAULT', 'WHAT IT IS'],
    properties.map(({ name, kind, isRequired, isCredential, generated, default: initial, help }) => [
      name,
      isCredential ? 'credential' : kindNames[kind],
      isRequired && initial === null && !generated ? 'yes' : '',
      generated ? '(made)' : (initial ?? ''),
      help,
    ]),
    'The type has no properties.',
  );

const kindNames = {
  string: 'text',
  lines: 'text (lines)',
  integer: 'number',
  boolean: 'true or false',
  object: 'JSON object',
} as const satisfies Record<FormEntry['kind'], string>;
