import type { Client, CreateDestination, Written } from '@backstitch/client';
import type { Command } from 'commander';
import type { CreateRequest } from '../../control/control.ts';
import type { Json } from '../../lib/json.ts';
import type { Cli } from '../cli.ts';
import { parseId } from '../parse-arguments.ts';
import { renderEntries } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { type AccountOptions, addAccountOptions, type Connection, withClient } from '../with-client.ts';
import { askAgain, askMissing } from './ask-properties.ts';
import { parsePropertyArguments, readProperties } from './property-arguments.ts';
import { askType, readForm, type TypeForm } from './read-form.ts';
import { destinationEntries } from './render-destination.ts';
import { showSteps } from './watch-check.ts';
import { addWriteOptions, tellCheck, type WriteOptions } from './write.ts';

interface AddOptions extends AccountOptions, WriteOptions {
  readonly type?: string;
  readonly id?: number;
}

const examples = `
Properties are given as key=value, as key=@file, or as key=- for standard input. Credentials are never given as
key=value. On a terminal, what is needed and left out is asked for: with no properties at all, everything is.

Examples:
  backstitch destinations add
  backstitch destinations add --type postgres --strict \\
    host=db.example.com username=loader database=warehouse ssl=true password=@password.txt`;

/** `destinations add`. */
export function addAdd(destinations: Command, cli: Cli): void {
  addWriteOptions(
    addAccountOptions(
      destinations
        .command('add')
        .alias('create')
        .description('make a destination and check it; exit code 3 when the check fails')
        .argument('[properties...]', 'its properties')
        .option('--type <type>', 'what it is: see backstitch destinations types')
        .option('--name <name>', 'name for people (default: made from the type)')
        .option('--description <text>', 'what it is for')
        .option(
          '--id <id>',
          'take this id (in this installation only), so that clients keep theirs',
          parseId,
        ),
    ),
  )
    .addHelpText('after', examples)
    .action(async (args: string[], options: AddOptions) => {
      const sources = parsePropertyArguments(args);
      await withClient(cli, options, async (client, connection) => {
        const { terminal } = cli;
        const form = await readForm(client, options.type ?? (await askType(client, terminal)));
        const given = await readProperties(terminal, form, sources);
        const asked = terminal.interactive ? await askMissing(terminal, form, new Set(given.keys())) : [];
        const written = await createUntilRight(cli, connection, form, options, [...given, ...asked]);
        if (!options.json) terminal.print(renderEntries(destinationEntries(written)));
        await tellCheck(cli, connection, written, options);
      });
    });
}

/** Somebody at a terminal mends what cannot be used, and need not type the rest again. */
async function createUntilRight(
  cli: Cli,
  connection: Connection,
  form: TypeForm,
  options: AddOptions,
  given: readonly (readonly [string, Json])[],
): Promise<Written> {
  const { name, description } = options;
  const properties = new Map(given);
  for (;;) {
    try {
      return await create(cli, connection, options, {
        type: form.type,
        properties: Object.fromEntries(properties),
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
      });
    } catch (error) {
      const answers = await askAgain(cli.terminal, form, error);
      if (answers === null) throw error;
      for (const [property, value] of answers) properties.set(property, value);
    }
  }
}

async function create(
  cli: Cli,
  connection: Connection,
  { id, strict = false }: AddOptions,
  body: CreateDestination & Omit<CreateRequest, 'id'>,
): Promise<Written> {
  const { client, here } = connection;
  if (id !== undefined && here === null)
    throw new UsageError('--id works in an installation of this machine only: a server gives the ids itself');
  using _shown = strict ? showSteps(cli, connection, null) : null;
  if (id === undefined || here === null) return await client.destinations.create(body, { strict });
  return await createWithId(client, here, { ...body, id }, strict);
}

/** The API gives no choice of ids: the operator has it. */
async function createWithId(
  client: Client,
  { installation, accountId }: Connection['here'] & {},
  request: CreateRequest,
  strict: boolean,
): Promise<Written> {
  const { destination, checkName } = await installation.destinations.create(
    { accountId, actor: 'cli' },
    request,
    { strict, waitMilliseconds: 0 },
  );
  return { ...(await client.destinations.get(destination.id)), checkName };
}
