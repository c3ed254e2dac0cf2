import type { Command } from 'commander';
import type { GivenProperties } from '../control/control.ts';
import { destinationTypes, findType } from '../destinations/registry.ts';
import type { Json } from '../lib/json.ts';
import type { FormProperty } from '../model/form.ts';
import { formProperties } from '../model/form-properties.ts';
import type { Cli } from './cli.ts';
import { parseId } from './parse-arguments.ts';
import { type PropertySource, parsePropertyArguments, propertyValue } from './property-arguments.ts';
import { askSecret, readSecret } from './read-secret.ts';
import { credentialNames, destinationEntries, renderDestination } from './render-destination.ts';
import { renderEntries } from './table.ts';
import { theAccount } from './the-account.ts';
import { UsageError } from './usage-error.ts';

interface CreateOptions {
  readonly type: string;
  readonly account?: number;
  readonly id?: number;
  readonly name?: string;
  readonly description?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

const examples = `
Properties are given as key=value, as key=@file, or as key=- for standard input. Credentials are never
given as key=value; required ones that are left out are asked for on a terminal.

Example:
  backstitch destinations create --account 100001 --type postgres \\
    host=db.example.com username=loader database=warehouse ssl=true password=@password.txt`;

/** `destinations create`. */
export function addCreateDestination(destinations: Command, cli: Cli): void {
  destinations
    .command('create')
    .description('create a destination; its first check starts at once where a server runs')
    .argument('[properties...]', 'its properties')
    .requiredOption('--type <type>', 'postgres …: see GET /v4/destination-types')
    .option('--account <id>', 'account it belongs to (default: the only one)', parseId)
    .option('--id <id>', 'take this id, so that existing clients keep theirs', parseId)
    .option('--name <name>', 'name for people (default: made from the type)')
    .option('--description <text>', 'what it is for')
    .option('--strict', 'create it only if a connection check succeeds first')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (given: string[], options: CreateOptions) => {
      const properties = await readProperties(cli, options.type, given);
      await using installation = await cli.open();
      const account = await theAccount(installation.store, options.account);
      const { type, id, name, description } = options;
      const written = await installation.destinations.create(
        { accountId: account.id, actor: 'cli' },
        {
          type,
          properties,
          ...(id === undefined ? {} : { id }),
          ...(name === undefined ? {} : { name }),
          ...(description === undefined ? {} : { description }),
        },
        { strict: options.strict ?? false, waitMilliseconds: 0 },
      );
      const { destination, generated, checkName } = written;
      if (options.json) {
        const shown = { ...renderDestination(destination), generated, check_job_name: checkName };
        return cli.terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
      }
      const made = Object.entries(generated).map(([key, value]) => [key, String(value)] as const);
      cli.terminal.print(renderEntries({ ...destinationEntries(destination), ...Object.fromEntries(made) }));
      if (!options.strict) {
        cli.terminal.note(`See whether it works: backstitch destinations check ${destination.id}`);
      }
    });
}

async function readProperties(cli: Cli, name: string, given: readonly string[]): Promise<GivenProperties> {
  const type = findType(name);
  if (!type) {
    const names = destinationTypes.filter(({ connector }) => connector).map((known) => known.type);
    throw new UsageError(`there is no destination type ${name}; this build connects ${names.join(', ')}`);
  }
  const properties = formProperties(type.form);
  const known = new Map(properties.map((property) => [property.name, property]));
  const sources = parsePropertyArguments(given, credentialNames(name));
  const values: [string, Json][] = [];
  for (const [key, source] of sources) {
    values.push([key, propertyValue(known.get(key), await readSource(cli, source))]);
  }
  if (cli.terminal.interactive) {
    for (const property of askedFor(properties, sources)) {
      const answer = await askSecret(cli.terminal, property.name);
      values.push([property.name, propertyValue(property, answer)]);
    }
  }
  return Object.fromEntries(values);
}

const readSource = async (cli: Cli, source: PropertySource): Promise<string> => {
  if (source.from === 'argument') return source.value;
  return await readSecret(cli.terminal, source.from === 'input' ? '-' : source.path);
};

/** Required credentials that nobody gave and the server cannot make. */
const askedFor = (
  properties: readonly FormProperty[],
  given: ReadonlyMap<string, unknown>,
): readonly FormProperty[] =>
  properties.filter(
    (property) =>
      property.isRequired && property.isCredential && !property.generate && !given.has(property.name),
  );
