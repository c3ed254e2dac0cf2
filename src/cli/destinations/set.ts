import type { Json, Read, UpdateDestination, Written } from '@backstitch/client';
import type { Command } from 'commander';
import { Failure } from '../../errors/failure.ts';
import type { Cli } from '../cli.ts';
import { failureFromClient } from '../failure-from-client.ts';
import { orMissing } from '../or-missing.ts';
import { collect, parseId } from '../parse-arguments.ts';
import { printable } from '../printable.ts';
import { UsageError } from '../usage-error.ts';
import { type AccountOptions, addAccountOptions, type Connection, withClient } from '../with-client.ts';
import { type PropertySource, parsePropertyArguments, readProperties } from './property-arguments.ts';
import { readForm } from './read-form.ts';
import { revisionNumber } from './render-destination.ts';
import { showSteps } from './watch-check.ts';
import { addWriteOptions, tellCheck, type WriteOptions } from './write.ts';

interface SetOptions extends AccountOptions, WriteOptions {
  readonly unset?: readonly string[];
  readonly ifRevision?: number;
}

const examples = `
Properties are given as key=value, as key=@file, or as key=- for standard input; the rest stays as it is. A credential
is never given as key=value: its name alone asks for it on a terminal.

Examples:
  backstitch destinations set 7 host=db2.example.com
  backstitch destinations set 7 password --strict`;

/** `destinations set`. */
export function addSet(destinations: Command, cli: Cli): void {
  addWriteOptions(
    addAccountOptions(
      destinations
        .command('set')
        .description('change settings of a destination and check them; exit code 3 when the check fails')
        .argument('<id>', 'id of the destination', parseId)
        .argument('[properties...]', 'what changes')
        .option('--name <name>', 'name for people')
        .option('--description <text>', 'what it is for')
        .option('--unset <property>', 'clear an optional property; may be given several times', collect)
        .option('--if-revision <number>', 'only if it still is at this revision, as show tells it', parseId),
    ),
  )
    .addHelpText('after', examples)
    .action(async (id: number, given: string[], options: SetOptions) => {
      const sources = parsePropertyArguments(given);
      const { name, description, unset = [] } = options;
      if (sources.size + unset.length === 0 && name === undefined && description === undefined)
        throw new UsageError('nothing to set: give properties, --unset, --name or --description');
      const twice = unset.find((property) => sources.has(property));
      if (twice !== undefined) throw new UsageError(`${twice} is both set and unset`);
      await withClient(cli, options, async (client, connection) => {
        const before = await orMissing('destination', id, client.destinations.get(id));
        const properties = await readChanges(cli, connection, before, sources, unset);
        const written = await update(cli, connection, id, options, {
          ...(Object.keys(properties).length > 0 && { properties }),
          ...(name === undefined ? {} : { name }),
          ...(description === undefined ? {} : { description: description === '' ? null : description }),
        });
        if (!options.json) cli.terminal.print(tellChange(before, written));
        await tellCheck(cli, connection, written, options);
      });
    });
}

async function readChanges(
  { terminal }: Cli,
  { client }: Connection,
  { destination }: Read,
  sources: ReadonlyMap<string, PropertySource>,
  unset: readonly string[],
): Promise<Record<string, Json>> {
  const form = await readForm(client, destination.type);
  const values = await readProperties(terminal, form, sources);
  return Object.fromEntries([...unset.map((name) => [name, null] as const), ...values]);
}

async function update(
  cli: Cli,
  connection: Connection,
  id: number,
  { strict = false, ifRevision }: SetOptions,
  changes: UpdateDestination,
): Promise<Written> {
  using _shown = strict ? showSteps(cli, connection, id) : null;
  try {
    return await connection.client.destinations.update(id, changes, {
      strict,
      ...(ifRevision === undefined ? {} : { ifRevision: `"${ifRevision}"` }),
    });
  } catch (error) {
    const failure = failureFromClient(error);
    if (!(failure instanceof Failure) || failure.code !== 'RevisionMismatch') throw error;
    const remedy = `See what has changed: backstitch destinations history ${id}`;
    throw new Failure(failure.code, failure.message, { remedy, cause: error });
  }
}

function tellChange(before: Read, { destination, revision }: Written): string {
  const subject = `destination ${destination.id} (${printable(destination.name)})`;
  if (before.revision === revision) return `${subject} was so already: nothing is changed\n`;
  return `${subject} is changed; revision ${revisionNumber(revision)}\n`;
}
