import { assert } from '../../../errors/bug.ts';
import type { LoadResult, SchemaChange, TableResult } from '../../../model/load-result.ts';
import { isBelowActive } from '../../../shape/dedupe.ts';
import { planChanges } from '../../../shape/plan-changes.ts';
import type { Int64, Row, Value } from '../../../shape/shape.ts';
import { at } from '../../../shape/system-columns.ts';
import type { LoadFailure, LoadPlan } from '../../session.ts';
import { emptiedColumns } from '../../sql/emptied-columns.ts';
import { renderNotes } from '../../sql/load-notes.ts';
import { fencedOff, movedLane, stopped } from '../../sql/load-stops.ts';
import { mysqlDialect } from '../dialect.ts';
import { quoteLiteral, quoteQualified } from '../quote.ts';
import type { MysqlSession } from '../session.ts';
import type { ServerFacts } from '../version.ts';
import { alterLane } from './alter-lane.ts';
import { bookkeeping, findMark, type LaneRow, laneKey, takeLane, writeMark } from './bookkeeping.ts';
import type { StandingCatalog } from './catalog.ts';
import type { CollectedLoad } from './collect-load.ts';
import { isOfOtherKey, takenValue } from './load-failure.ts';
import { deleteBelow, mergeGiven, mergeStaged, standingOf, type Target, targetOf } from './merge.ts';
import { ensureRejectedTable, writeRejected } from './rejected-rows.ts';
import { renderValues } from './staging.ts';
import { textOf } from './text-lines.ts';

/** What is known of a lane and its table; only right as long as nobody else has changed them. */
export interface KnownLane {
  readonly catalog: StandingCatalog;
  readonly lane: LaneRow;
}

export interface CommitOptions {
  readonly session: MysqlSession;
  readonly server: ServerFacts;
  readonly plan: LoadPlan;
  /** The table's name in the destination. */
  readonly name: string;
  /** What the load was shaped for. */
  readonly known: KnownLane;
  readonly load: CollectedLoad;
  readonly hold: LaneHold;
  /** Leaves the commit out. */
  readonly isRehearsal: boolean;
  readonly signal: AbortSignal;
}

/** What attempts at a load leave behind although they fail. */
export interface LaneHold {
  /** It has left its fence in the lane: then that is the one which must stand. */
  isTaken: boolean;
  /** Changes of tables that it made. */
  readonly told: SchemaChange[];
}

export type Outcome =
  | { readonly done: true; readonly result: LoadResult }
  /** What was known of the table is not true any more: shape the load again. */
  | { readonly done: false };

/**
 * Alters the table first, under a lock of our own and our fence, since DDL commits by itself; then everything that
 * others see of rows, in one transaction without DDL.
 */
export async function commitLoad(options: CommitOptions): Promise<Outcome> {
  const { session, plan, name, load, signal } = options;
  const { schema, table } = plan.lane;
  const { shaped, rejected, staging } = load;
  const altered = await alterLane(options);
  if ('result' in altered) return { done: true, result: altered.result };
  if (altered.known === null) return { done: false };
  const { known } = altered;
  if (rejected.rows.length > 0 || staging?.relationOf(rejected))
    await ensureRejectedTable(session, schema, signal);

  await session.run('start transaction', signal);
  const row = await takeLane(session, wantedLane(options), signal);
  if (typeof row === 'string') throw notTaken(options, row);
  const stored = await findMark(session, schema, plan.loadId, signal);
  if (stored !== null || row.changes !== known.lane.changes) {
    await session.run('rollback', signal);
    return stored === null ? { done: false } : { done: true, result: stored };
  }

  const activeVersion = higher(row.activeVersion, shaped.activated);
  const standing = known.catalog.tables.get(name);
  const isRaised = activeVersion !== null && activeVersion !== row.activeVersion;
  if (isRaised) {
    if (standing?.columns.some((column) => column.name === '_sdc_table_version'))
      await session.run(deleteBelow(quoteQualified(schema, name), activeVersion), signal);
    await session.run(
      `update ${bookkeeping(schema).lanes} set changes = changes + 1, active_version = ${activeVersion}
       where lane_key = ${quoteLiteral(laneKey(table))}`,
      signal,
    );
  }
  const merged = await mergeRows(options, known.catalog, activeVersion);
  await writeRejected({ session, plan, rejected, staging, signal });
  const result: LoadResult = {
    tables: [tableResult(options, merged)],
    schemaChanges: options.hold.told,
    rejections: shaped.rejections,
    notes: renderNotes(shaped.noted, isRaised),
  };
  const { loadId, batchIds = [] } = plan;
  await writeMark(session, { schema, table, loadId, batchIds, result }, signal);
  await session.run(options.isRehearsal ? 'rollback' : 'commit', signal);
  return { done: true, result };
}

/** The lane as this load may take it. */
export const wantedLane = ({ plan, hold }: CommitOptions) => ({
  ...plan.lane,
  fence: plan.fence,
  standing: hold.isTaken ? null : (plan.standingFence ?? null),
});

export const notTaken = ({ plan, name }: CommitOptions, why: 'fenced' | 'moved'): LoadFailure => {
  const table = quoteQualified(plan.lane.schema, name);
  return why === 'fenced' ? fencedOff(table, plan.fence) : movedLane(table, plan.loadId);
};

const higher = (one: Int64 | null, other: Int64 | null): Int64 | null =>
  one === null || (other !== null && other > one) ? other : one;

/** Merges the rows of a load: all in one statement, whether they are staged or given. */
async function mergeRows(
  { session, plan, known: shapedFor, load, signal }: CommitOptions,
  catalog: StandingCatalog,
  activeVersion: Int64 | null,
): Promise<Pick<TableResult, 'rowsLoaded' | 'older'>> {
  const { table, count, staging, shaped } = load;
  if (table === null || count === 0) return { rowsLoaded: 0, older: null };
  const { stop, tables } = planChanges({
    catalog,
    tables: [table],
    accepted: shaped.shaper?.accepted ?? 0,
    dialect: mysqlDialect,
  });
  if (stop) throw stopped(stop);
  const [planned] = tables;
  assert(planned, 'a table with rows has no plan');
  const standingTable = catalog.tables.get(table.name);
  const emptied = emptiedColumns({
    standing: standingTable,
    before: shapedFor.catalog.tables.get(table.name),
    targets: planned.targets,
    dialect: mysqlDialect,
  });
  const target = targetOf(
    quoteQualified(plan.lane.schema, table.name),
    planned,
    emptied,
    standingTable?.uniqueIndexes ?? [],
  );
  const merge = staging ? mergeStagedRows : mergeGivenRows;
  const rowsLoaded = await merge({ session, target, load, activeVersion, signal }).catch((error: unknown) => {
    throw isOfOtherKey(error, target) ? takenValue(target, error) : error;
  });
  const older =
    rowsLoaded === 0 && target.keys.length > 0 ? await olderExample(session, target, load, signal) : null;
  return { rowsLoaded, older };
}

interface MergeOptions {
  readonly session: MysqlSession;
  readonly target: Target;
  readonly load: CollectedLoad;
  readonly activeVersion: Int64 | null;
  readonly signal: AbortSignal;
}

async function mergeStagedRows(options: MergeOptions): Promise<number> {
  const { session, target, load, activeVersion, signal } = options;
  const relation = load.table && load.staging?.relationOf(load.table);
  if (!relation) return 0;
  const source = { relation, losers: load.losersRelation, activeVersion };
  const { affected, duplicates } = await session.run(mergeStaged(target, source), signal);
  return target.keys.length === 0 ? affected : affected - duplicates;
}

async function mergeGivenRows(options: MergeOptions): Promise<number> {
  const { session, target, load, activeVersion, signal } = options;
  const { table } = load;
  if (table === null) return 0;
  const types = target.columns.map(({ position }) => table.columns[position]!.type);
  const lost = new Set<unknown>(load.losers);
  const rows = table.rows
    .filter((row) => !lost.has(row[at.ordinal]) && !isBelowActive(versionOf(row), activeVersion))
    .map((row) =>
      renderValues(
        target.columns.map(({ position }) => row[position]),
        types,
      ),
    );
  if (rows.length === 0) return 0;
  const { affected, duplicates } = await session.run(mergeGiven(target, rows), signal);
  if (target.keys.length === 0) return affected;
  // Of a single row the server does not say whether it replaced one: then it counts two.
  return rows.length === 1 ? Math.min(affected, 1) : affected - duplicates;
}

const versionOf = (row: Row): Int64 | null => (row[at.tableVersion] ?? null) as Int64 | null;

/** Of a load that changed nothing: one of its records, and the row that stood in its way. */
async function olderExample(
  session: MysqlSession,
  target: Target,
  load: CollectedLoad,
  signal: AbortSignal,
): Promise<TableResult['older']> {
  const { table, lastRow } = load;
  if (table === null || lastRow === null) return null;
  const key = table.columns.flatMap(({ role, type }, position) => {
    const text = role === 'key' ? textOf(lastRow[position], type) : null;
    return text === null ? [] : [quoteLiteral(text)];
  });
  if (key.length !== target.keys.length) return null;
  const [row] = await session.query(standingOf(target, key), signal);
  if (row === undefined) return null;
  const written = (value: Value): string | null => (value == null ? null : String(value));
  return {
    incoming: {
      tableVersion: written(lastRow[at.tableVersion]),
      sequence: written(lastRow[at.sequence]),
    },
    standing: { tableVersion: row.version ?? null, sequence: row.sequence ?? null },
  };
}

/** The entry of the table; also when no record became a row. */
function tableResult(
  { plan, name, load }: CommitOptions,
  merged: Pick<TableResult, 'rowsLoaded' | 'older'>,
): TableResult {
  const { shaped, table, count } = load;
  return {
    source: plan.lane.table,
    destination: name,
    primaryKeys: table?.primaryKey ?? [],
    rowsLoaded: merged.rowsLoaded,
    rowsRejected: shaped.rejections.filter(({ kind }) => kind === 'record').length,
    droppedAsOlder: count - merged.rowsLoaded + shaped.skipped,
    older: merged.older,
  };
}
