import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Replay } from '../model/replay.ts';
import { parseTimestamp, renderTimestamp } from '../model/timestamp.ts';
import type { Cli } from './cli.ts';
import type { Installation } from './installation.ts';
import { parseId } from './parse-arguments.ts';
import { renderTable } from './table.ts';
import { theAccount } from './the-account.ts';

interface CommonOptions {
  readonly account?: number;
  readonly json?: boolean;
}

const accountOption = ['--account <id>', 'account it belongs to (default: the only one)', parseId] as const;

const collect = (name: string, names: readonly string[] = []): readonly string[] => [...names, name];

function parseTime(text: string): number {
  const time = parseTimestamp(text);
  if (time === null) throw new InvalidArgumentError('It must be a time like 2026-02-06T15:36:36Z.');
  return time;
}

/** `sources replay …`, `sources replays …`: loading once more what is kept. */
export function addReplayCommands(sources: Command, cli: Cli): void {
  const within = async (
    { account }: CommonOptions,
    work: (installation: Installation, caller: { accountId: number; actor: string }) => Promise<void>,
  ) => {
    await using installation = await cli.open();
    const { id: accountId } = await theAccount(installation.store, account);
    await work(installation, { accountId, actor: 'cli' });
  };
  const print = (replays: readonly Replay[], { json }: CommonOptions) =>
    cli.terminal.print(
      json
        ? `${JSON.stringify(replays, null, 2)}\n`
        : renderTable(headings, replays.flatMap(rowsOf), 'The source has no replays.'),
    );

  sources
    .command('replay')
    .description('load once more what is kept of a source, into a destination')
    .argument('<id>', 'id of the source', parseId)
    .argument('<destination>', 'id of the destination', parseId)
    .option('--table <name>', 'only this table, as the sender names it; may be given several times', collect)
    .option('--since <time>', 'only what was received since then', parseTime)
    .option('--force', 'also into tables that only grow and hold the batches already')
    .option(...accountOption)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  backstitch sources replay 3 7 --table orders --since 2026-11-20T00:00:00Z',
    )
    .action(
      async (
        id: number,
        destinationId: number,
        options: CommonOptions & { table?: readonly string[]; since?: number; force?: boolean },
      ) =>
        await within(options, async ({ replays }, caller) => {
          const { table: tables, since, force } = options;
          const replay = await replays.start(caller, id, {
            destinationId,
            ...(tables && { tables }),
            ...(since !== undefined && { since }),
            ...(force && { force }),
          });
          print([replay], options);
        }),
    );

  sources
    .command('replays')
    .description('list the replays of a source with how far they are, or cancel one')
    .argument('<id>', 'id of the source', parseId)
    .option('--cancel <replay>', 'give up what this replay has not loaded', parseId)
    .option(...accountOption)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch sources replays 3')
    .action(
      async (id: number, options: CommonOptions & { cancel?: number }) =>
        await within(options, async ({ replays }, caller) => {
          if (options.cancel === undefined) return print(await replays.list(caller, id), options);
          print([await replays.cancel(caller, id, options.cancel)], options);
        }),
    );
}

const headings = [
  'replay',
  'destination',
  'state',
  'table',
  'batches',
  'remaining',
  'records',
  'received from',
  'note',
];

const rowsOf = ({ id, destinationId, state, tables }: Replay) =>
  tables.map(({ table, batches, remaining, records, from, missingUntil, error }) => [
    id,
    destinationId,
    state,
    table,
    batches,
    remaining,
    records,
    renderTimestamp(from),
    noteOf(missingUntil, error?.message ?? null),
  ]);

const noteOf = (missingUntil: number | null, error: string | null): string =>
  error ??
  (missingUntil === null ? '' : `what came until ${renderTimestamp(missingUntil)} is not kept any more`);
