import type { LoadResult, SchemaChange, TableResult } from '../../../model/load-result.ts';
import { planChanges } from '../../../shape/plan-changes.ts';
import type { Catalog, Dialect, Int64 } from '../../../shape/shape.ts';
import type { Change } from '../../../shape/table-spec.ts';
import { applyChanges } from '../../../shape/table-spec.ts';
import type { LoadFailure, LoadPlan } from '../../session.ts';
import { renderNotes } from '../../sql/load-notes.ts';
import { fencedOff, movedLane, stopped } from '../../sql/load-stops.ts';
import { schemaChanges } from '../../sql/schema-changes.ts';
import type { ShapedLoad } from '../../sql/shape-load.ts';
import { quoteLiteral, quoteQualified } from '../quote.ts';
import type { PostgresSession } from '../session.ts';
import { alterStatements, columnTypes } from './alter-tables.ts';
import {
  bookkeeping,
  findMark,
  type LaneRow,
  laneRow,
  markResult,
  takeLane,
  writeMark,
} from './bookkeeping.ts';
import { readCatalog, type StandingCatalog } from './catalog.ts';
import type { CollectedLoad } from './collect-load.ts';
import { dependentViews } from './dependent-views.ts';
import { foreignOwners } from './load-failure.ts';
import { mergeLoad, removeBelow } from './merge-load.ts';
import { writeRejected } from './rejected-rows.ts';
import { standingSubtables } from './subtables.ts';

/** What a session remembers of a lane; only right as long as nobody else has changed its tables. */
export interface RememberedLane {
  readonly catalog: StandingCatalog;
  readonly lane: LaneRow;
}

export interface CommitOptions {
  readonly session: PostgresSession;
  readonly dialect: Dialect;
  /** Our role there. */
  readonly role: string;
  readonly plan: LoadPlan;
  /** How bookkeeping writes the lane. */
  readonly lane: string;
  /** The table's name in the destination. */
  readonly name: string;
  /** What the load was shaped for. */
  readonly known: RememberedLane;
  readonly load: CollectedLoad;
  /** Leaves the commit out. */
  readonly isRehearsal: boolean;
  readonly signal: AbortSignal;
}

export type Outcome =
  | { readonly done: true; readonly result: LoadResult; readonly remembered: RememberedLane | null }
  /** What was known of the tables is not true any more: shape the load again. */
  | { readonly done: false };

/** Everything that others see, in one transaction. */
export async function commitLoad(options: CommitOptions): Promise<Outcome> {
  const { session, plan, lane, name, known, load, signal } = options;
  const { schema } = plan.lane;
  const { shaped, tables, rejected, staging, waiting } = load;

  const answers = await session.script(
    [
      ...(staging ? ["set local idle_in_transaction_session_timeout = '30s'"] : ['begin']),
      takeLane(schema, lane, plan.fence, plan.standingFence),
    ],
    signal,
  );
  const row = laneRow(answers.at(-1)?.rows[0]);
  const [mark] = await session.script([findMark(schema, plan.loadId)], signal);
  const stored = markResult(mark?.rows ?? []);
  if (stored !== null) {
    await session.query('rollback', [], signal);
    return { done: true, result: stored, remembered: known };
  }
  if (row === null) throw await notTaken(options);

  // Between shaping few rows and this nobody alters a table; and if somebody does, a statement fails.
  const isKnown = staging === null && row.changes === known.lane.changes;
  const before = isKnown ? known.catalog : await readCatalog(session, schema, name, signal);
  // A record of the wrong key type is judged by the tables as they were then.
  if (shaped.shaper?.keyStop) throw stopped(shaped.shaper.keyStop);
  const change = planChanges({
    catalog: before,
    tables,
    accepted: shaped.shaper?.accepted ?? 0,
    dialect: options.dialect,
  });
  if (change.stop) throw stopped(change.stop);
  if (change.stale) return { done: false };

  const activeVersion = higher(row.activeVersion, shaped.activated);
  const touched = [
    ...new Set([
      name,
      ...standingSubtables({ catalog: before, table: name, keys: [], source: plan.lane.table }).map(
        (table) => table.name,
      ),
      ...change.tables.map(({ table }) => table.name),
    ]),
  ];
  refuseForeignOwners(options, before, touched);
  const told = await alterTables(options, before, change.changes);
  const catalog: Catalog = change.changes.length === 0 ? before : applyChanges(before, change.changes);

  const isRaised = activeVersion !== null && activeVersion !== row.activeVersion;
  if (isRaised)
    await removeBelow({
      session,
      schema,
      tables: touched.flatMap((each) => before.tables.get(each) ?? []),
      version: activeVersion,
      signal,
    });
  const merged = await mergeLoad({
    session,
    schema,
    source: plan.lane.table,
    waiting,
    plan: change,
    before,
    catalog,
    activeVersion,
    signal,
  });
  await writeRejected({ session, plan, rejected, staging, signal });

  const result: LoadResult = {
    tables: tableResults(merged, shaped, name, plan),
    schemaChanges: told,
    rejections: shaped.rejections,
    notes: renderNotes(shaped.noted, isRaised),
  };
  const changed = change.changes.length > 0 || isRaised;
  await session.script(
    [
      ...(staging?.leftovers ?? []).map((relation) => `drop table ${relation}`),
      ...(changed
        ? [
            `update ${bookkeeping(schema).lanes} set changes = changes + 1, active_version = ${activeVersion ?? 'null'} where lane = ${quoteLiteral(lane)}`,
          ]
        : []),
      ...writeMark(schema, plan, lane, result),
      // What is deferred to the commit is found in a rehearsal too.
      ...(options.isRehearsal ? ['set constraints all immediate', 'rollback'] : ['commit']),
    ],
    signal,
  );
  return { done: true, result, remembered: changed ? null : { catalog: before, lane: row } };
}

/** Why the lane could not be taken. */
async function notTaken({ session, plan, lane, name, signal }: CommitOptions): Promise<LoadFailure> {
  const { lane: at, fence, loadId } = plan;
  const [higher] = await session.query(
    `select from ${bookkeeping(at.schema).lanes} where lane = $1 and fence > $2::bigint`,
    [lane, fence],
    signal,
  );
  const table = quoteQualified(at.schema, name);
  return higher ? fencedOff(table, fence) : movedLane(table, loadId);
}

const higher = (one: Int64 | null, other: Int64 | null): Int64 | null =>
  one === null || (other !== null && other > one) ? other : one;

function refuseForeignOwners(
  { plan, role }: CommitOptions,
  before: StandingCatalog,
  names: readonly string[],
): void {
  const foreign = names.flatMap((name) => {
    const standing = before.tables.get(name);
    return standing && !standing.isOurs
      ? [{ table: quoteQualified(plan.lane.schema, name), owner: standing.owner }]
      : [];
  });
  if (foreign.length > 0) throw foreignOwners(foreign, role);
}

/** Makes the planned changes; says what people are told about them. */
async function alterTables(
  { session, dialect, plan, signal }: CommitOptions,
  before: StandingCatalog,
  changes: readonly Change[],
): Promise<SchemaChange[]> {
  if (changes.length === 0) return [];
  const { schema } = plan.lane;
  const renamed = changes.flatMap((change) =>
    change.kind === 'rename-column' ? [{ table: change.table, column: change.from }] : [],
  );
  const viewsOf = await dependentViews(session, schema, renamed, signal);
  await session.script(
    changes.flatMap((change) => alterStatements(schema, change, before)),
    signal,
  );
  return schemaChanges({
    changes,
    catalog: before,
    suffixes: dialect.suffixes,
    columnTypes,
    viewsOf,
  });
}

/** One entry for each table that was touched; the top level also when no record became a row. */
function tableResults(
  merged: Awaited<ReturnType<typeof mergeLoad>>,
  shaped: ShapedLoad,
  name: string,
  plan: LoadPlan,
): TableResult[] {
  const rejected = shaped.rejections.filter(({ kind }) => kind === 'record').length;
  const [root, ...subtables] = merged;
  return [
    {
      source: plan.lane.table,
      destination: name,
      primaryKeys: root?.primaryKeys ?? [],
      rowsLoaded: root?.rowsLoaded ?? 0,
      rowsRejected: rejected,
      droppedAsOlder: (root?.droppedAsOlder ?? 0) + shaped.skipped,
      older: root?.older ?? null,
    },
    ...subtables.map((table) => ({ ...table, rowsRejected: 0 })),
  ];
}
