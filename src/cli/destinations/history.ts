import type { ConnectionCheckWithSteps, DestinationChange, Json } from '@backstitch/client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { orMissing } from '../or-missing.ts';
import { parseCount, parseId } from '../parse-arguments.ts';
import { renderTable } from '../table.ts';
import { type AccountOptions, addAccountOptions, withClient } from '../with-client.ts';

interface HistoryOptions extends AccountOptions {
  readonly limit: number;
  readonly checks?: boolean;
}

/** `destinations history`. */
export function addHistory(destinations: Command, cli: Cli): void {
  addAccountOptions(
    destinations
      .command('history')
      .description('who changed which settings when, newest first; values of credentials are not kept')
      .argument('<id>', 'id of the destination', parseId)
      .option('--checks', 'its connection checks instead')
      .option('--limit <number>', 'how many at most, up to 100', parseCount(1, 100), 20),
  )
    .addHelpText('after', '\nExample:\n  backstitch destinations history 7')
    .action(
      async (id: number, { limit, checks, ...options }: HistoryOptions) =>
        await withClient(cli, options, async ({ destinations: api }) => {
          const show = <Row>(found: readonly Row[], table: (found: readonly Row[]) => string): void =>
            cli.terminal.print(options.json ? `${JSON.stringify(found, null, 2)}\n` : table(found));
          if (checks) show(await orMissing('destination', id, api.checks(id, { limit })), checkTable);
          else show(await orMissing('destination', id, api.history(id, { limit })), changeTable);
        }),
    );
}

const changeTable = (changes: readonly DestinationChange[]): string =>
  renderTable(
    ['WHEN', 'REVISION', 'WHO', 'WHAT', 'CHANGES'],
    changes.map(({ at, revision, actor, action, changes: properties, notes }) => [
      at,
      revision,
      actor,
      action.replaceAll('_', ' '),
      [...properties.map(changeText), ...notes].join('; ') || null,
    ]),
    'Nothing was changed yet.',
  );

function changeText({ property, from, to }: DestinationChange['changes'][number]): string {
  if (from === undefined && to === undefined) return property;
  return from === undefined || from === null
    ? `${property}: ${valueText(to)}`
    : `${property}: ${valueText(from)} → ${valueText(to)}`;
}

const valueText = (value: Json | undefined): string => {
  if (value === undefined || value === null) return '(none)';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const checkTable = (checks: readonly ConnectionCheckWithSteps[]): string =>
  renderTable(
    ['STARTED', 'REVISION', 'WHY', 'STATUS', 'WHAT FAILED'],
    checks.map(({ start_time, revision, origin, status, steps }) => {
      const failed = steps.find((step) => step.status === 'failed');
      return [start_time, revision, origin, status, failed ? `${failed.name}: ${failed.message}` : null];
    }),
    'It was not checked yet.',
  );
