import type { TableResult } from '../../../model/load-result.ts';
import { joint, sourceKeyName } from '../../../shape/names.ts';
import type { ChangePlan, PlannedTable } from '../../../shape/plan-changes.ts';
import type { Catalog, CatalogTable, Int64, ShapedTable } from '../../../shape/shape.ts';
import { emptiedColumns } from '../../sql/emptied-columns.ts';
import { postgresDialect } from '../dialect.ts';
import { quoteQualified } from '../quote.ts';
import type { PostgresSession } from '../session.ts';
import type { StandingCatalog } from './catalog.ts';
import {
  appendRows,
  deleteBelow,
  deleteChildren,
  keysOf,
  notBelow,
  olderExample,
  targetOf,
  type UpsertOptions,
  upsertRows,
} from './merge.ts';
import { standingSubtables } from './subtables.ts';
import type { RowSource, WaitingRows } from './waiting-rows.ts';

export interface MergeOptions {
  readonly session: PostgresSession;
  readonly schema: string;
  /** Name of the top level as sent. */
  readonly source: string;
  readonly waiting: WaitingRows;
  readonly plan: ChangePlan;
  /** Tables as they stood before this load, and as they stand now. */
  readonly before: StandingCatalog;
  readonly catalog: Catalog;
  /** No row of a lower version is kept. */
  readonly activeVersion: Int64 | null;
  readonly signal: AbortSignal;
}

type Merged = Pick<
  TableResult,
  'source' | 'destination' | 'rowsLoaded' | 'droppedAsOlder' | 'primaryKeys' | 'older'
>;

/** Merges all rows of a load: parents before children, with a number of statements that no row adds to. */
export async function mergeLoad(options: MergeOptions): Promise<Merged[]> {
  const [root, ...subtables] = options.plan.tables;
  if (!root) return [];
  return root.table.primaryKey.length === 0
    ? await appendAll(options)
    : await upsertAll(options, root, subtables);
}

async function appendAll(options: MergeOptions): Promise<Merged[]> {
  const { session, schema, waiting, plan, activeVersion, signal } = options;
  const merged: Merged[] = [];
  for (const planned of plan.tables) {
    const target = targetOf(quoteQualified(schema, planned.table.name), planned);
    const { from, values } = waiting.all(planned.table);
    const sql = appendRows(target, from, notBelow(activeVersion));
    const { count } = await session.prepared(sql, values, signal);
    merged.push(mergedTable(options, planned.table, count, waiting.count(planned.table) - count));
  }
  return merged;
}

async function upsertAll(
  options: MergeOptions,
  root: PlannedTable,
  subtables: readonly PlannedTable[],
): Promise<Merged[]> {
  const { session, schema, waiting, before, catalog, activeVersion, signal } = options;
  const keys = keysOf(root);
  const standing = standingSubtables({
    catalog: before,
    table: root.table.name,
    keys: root.table.primaryKey,
    source: options.source,
  });
  const source = waiting.all(root.table);
  const target = targetOf(quoteQualified(schema, root.table.name), root);
  const upsert: UpsertOptions = {
    target,
    keys,
    from: source.from,
    condition: notBelow(activeVersion),
    emptied: emptiedColumns({
      standing: catalog.tables.get(root.table.name),
      before: before.tables.get(root.table.name),
      targets: root.targets,
      dialect: postgresDialect,
    }),
    isNew: !before.tables.has(root.table.name),
    winners: 'ignored',
  };

  const run = async (sql: string, { values }: RowSource): Promise<number> =>
    (await session.prepared(sql, values, signal)).count;
  const total = waiting.count(root.table);
  if (subtables.length + standing.length === 0) {
    const count = await run(upsertRows(upsert), source);
    const older = count === 0 && total > 0 ? await exampleOf(options, upsert, source) : null;
    return [{ ...mergedTable(options, root.table, count, total - count), older }];
  }

  const count = await waiting.upsert((winners) => upsertRows({ ...upsert, winners }), root.table);
  if (count === 0 && total > 0) {
    const older = await exampleOf(options, upsert, source);
    return [{ ...mergedTable(options, root.table, 0, total), older }];
  }
  const winners = waiting.winners(root.table);
  for (const { name } of standing) {
    const sql = deleteChildren({
      table: quoteQualified(schema, name),
      sourceKeys: root.table.columns
        .filter(({ role }) => role === 'key')
        .map((key) => sourceKeyName(key.name)),
      keys,
      from: winners.from,
      condition: winners.condition,
    });
    await run(sql, winners);
  }
  const merged = [mergedTable(options, root.table, count, total - count)];
  for (const planned of subtables) {
    const rows = waiting.ofWinners(planned.table);
    const children = targetOf(quoteQualified(schema, planned.table.name), planned);
    const loaded = await run(appendRows(children, rows.from, rows.condition), rows);
    merged.push(mergedTable(options, planned.table, loaded, 0));
  }
  return merged;
}

const mergedTable = (
  { source }: MergeOptions,
  table: ShapedTable,
  rowsLoaded: number,
  droppedAsOlder: number,
): Merged => ({
  source: table.parent === null ? source : sourceName(table),
  destination: table.name,
  rowsLoaded,
  droppedAsOlder,
  primaryKeys: table.primaryKey,
  older: null,
});

/** `orders__line_items` of the path `[["orders"],["line_items"]]`. */
const sourceName = ({ source }: ShapedTable): string => (JSON.parse(source) as string[][]).flat().join(joint);

/** A record that was older, and the row that stood in its way. */
export async function exampleOf(
  { session, signal }: Pick<MergeOptions, 'session' | 'signal'>,
  upsert: UpsertOptions,
  { values }: Pick<RowSource, 'values'>,
): Promise<TableResult['older']> {
  const { rows } = await session.prepared<Record<string, string | null>>(
    olderExample(upsert),
    values,
    signal,
  );
  const [example] = rows;
  return example === undefined
    ? null
    : {
        incoming: { tableVersion: example.version ?? null, sequence: example.sequence ?? null },
        standing: {
          tableVersion: example.standing_version ?? null,
          sequence: example.standing_sequence ?? null,
        },
      };
}

/** The barrier: rows of every lower version go, children too. */
export async function removeBelow(options: {
  readonly session: PostgresSession;
  readonly schema: string;
  readonly tables: readonly CatalogTable[];
  readonly version: Int64;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { session, schema, tables, version, signal } = options;
  for (const { name, columns } of tables)
    if (columns.some((column) => column.name === '_sdc_table_version'))
      await session.prepared(deleteBelow(quoteQualified(schema, name)), [String(version)], signal);
}
