import type { Client, Source, TableActivity } from '@backstitch/client';
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { eventLine } from './loads/event-line.ts';
import { parseId, parseTime } from './parse-arguments.ts';
import { printable } from './printable.ts';
import { type Cell, renderTable } from './table.ts';
import { type AccountOptions, addAccountOptions, withClient } from './with-client.ts';

interface LoadsOptions extends AccountOptions {
  readonly source?: number;
  readonly table?: string;
  readonly since?: string;
  readonly follow?: boolean;
}

/** `loads`: how loading goes, by table. */
export function addLoadsCommand(program: Command, cli: Cli): void {
  addAccountOptions(
    program
      .command('loads')
      .description(
        'show how loading goes, by table: last load, rows, what waits, and errors with their remedy',
      )
      .option('--source <id>', 'only of this source', parseId)
      .option('--table <name>', 'only this table, as the sender names it')
      .option('--since <time>', 'count what was loaded since then (default: a day ago)', parseTime)
      .option('--follow', 'go on with what happens, a line each, until Ctrl-C'),
  )
    .addHelpText(
      'after',
      '\nLAG is the age of the oldest record that waits. With --follow and --json, each line is an event as\nGET /v4/events tells it.\n\nExample:\n  backstitch loads --source 3 --follow',
    )
    .action(
      async (options: LoadsOptions) =>
        await withClient(cli, options, async (client) => {
          // Events wait for a server that is away; one that was never there is told at once.
          if (options.follow && options.json) await client.account();
          else await show(cli, client, options);
          if (options.follow) await follow(cli, client, options);
        }),
    );
}

async function show(
  { terminal, clock }: Cli,
  client: Client,
  { source, table, since, json }: LoadsOptions,
): Promise<void> {
  const [activity, sources] = await Promise.all([
    client.sources.activity({
      ...(source === undefined ? {} : { sourceId: source }),
      ...(table === undefined ? {} : { table }),
      ...(since === undefined ? {} : { since }),
    }),
    client.sources.list(),
  ]);
  if (json) return void terminal.print(`${JSON.stringify(activity, null, 2)}\n`);
  const sourceOf = new Map(sources.map((one) => [one.id, one]));
  const nameOf = ({ source_id: id, table_name: name }: TableActivity): string =>
    `${sourceOf.get(id)?.name ?? id}.${name}`;
  const rows = activity.tables.map((one): Cell[] => [
    nameOf(one),
    one.last_loaded_at,
    one.rows_loaded,
    one.rows_rejected,
    one.batches_waiting,
    one.waiting_since && lagText(clock.now() - Date.parse(one.waiting_since)),
    stateOf(one, sourceOf.get(one.source_id)),
  ]);
  const headings = ['TABLE', 'LAST LOADED', 'ROWS', 'REJECTED', 'WAITING', 'LAG', 'STATE'];
  terminal.print(
    renderTable(headings, rows, `Nothing was loaded since ${activity.since}, and nothing waits.`),
  );
  for (const one of activity.tables)
    if (one.error)
      terminal.print(
        `\n${printable(nameOf(one))} since ${one.error.since}: ${printable(one.error.message)}\n  → ${printable(one.error.remedy)}\n`,
      );
  const waiting = new Set(
    activity.tables.filter((one) => one.batches_waiting > 0).map((one) => one.source_id),
  );
  for (const { id, display_name, destination_id } of sources)
    if (waiting.has(id) && destination_id === null)
      terminal.print(
        `\n${printable(display_name)} has no destination, so that its records wait.\n  → backstitch sources map ${id} <destination>\n`,
      );
}

function stateOf({ error }: TableActivity, source: Source | undefined): string {
  if (error) return 'error';
  if (source?.paused_at) return 'paused';
  return source?.destination_id === null ? 'no destination' : 'ok';
}

/** In the largest unit that leaves two digits or so. */
function lagText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 360_000 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** Ends with the process, or with the token. */
async function follow({ terminal }: Cli, client: Client, options: LoadsOptions): Promise<void> {
  for await (const event of client.events()) {
    if ('source_id' in event && options.source !== undefined && event.source_id !== options.source) continue;
    if ('table_name' in event && options.table !== undefined && event.table_name !== options.table) continue;
    const line = options.json ? JSON.stringify(event) : eventLine(event);
    if (line !== null) terminal.print(`${line}\n`);
  }
}
