import type { LoadNotes, LoadResult, TableResult } from '../../../model/load-result.ts';
import { planChanges } from '../../../shape/plan-changes.ts';
import type { Dialect } from '../../../shape/shape.ts';
import { at } from '../../../shape/system-columns.ts';
import type { LoadPlan } from '../../session.ts';
import { emptiedColumns } from '../../sql/emptied-columns.ts';
import { renderNotes } from '../../sql/load-notes.ts';
import { quoteQualified } from '../quote.ts';
import { isServerError } from '../server-words.ts';
import type { PostgresSession } from '../session.ts';
import { bookkeeping } from './bookkeeping.ts';
import type { CollectedLoad } from './collect-load.ts';
import type { RememberedLane } from './commit-load.ts';
import { appendRows, keysOf, orLowest, targetOf, type UpsertOptions, upsertRows } from './merge.ts';
import { exampleOf } from './merge-load.ts';
import { stagedColumn } from './staging.ts';
import { standingSubtables } from './subtables.ts';

export interface QuickLoadOptions {
  readonly session: PostgresSession;
  readonly dialect: Dialect;
  readonly plan: LoadPlan;
  /** How bookkeeping writes the lane. */
  readonly lane: string;
  /** The table's name in the destination. */
  readonly name: string;
  /** What this session remembers from the load before. */
  readonly known: RememberedLane;
  readonly load: CollectedLoad;
  readonly signal: AbortSignal;
}

/**
 * A load of few rows into one table that stands as it stood, in one statement: fence, rows and mark. Null: this load is
 * another kind, or something is not as it was; nothing of it was written then, and it has to go the whole way.
 */
export async function quickLoad(options: QuickLoadOptions): Promise<LoadResult | null> {
  const { session, dialect, plan, lane, name, known, load, signal } = options;
  const { shaped, tables, staging, waiting } = load;
  const { schema, table: source } = plan.lane;
  const [root] = tables;
  if (staging || !root || root.rows.length === 0 || tables.length > 1) return null;
  if (shaped.activated !== null || shaped.rejections.length > 0) return null;
  if (standingSubtables({ catalog: known.catalog, table: name, keys: [], source }).length > 0) return null;
  const change = planChanges({
    catalog: known.catalog,
    tables,
    accepted: root.rows.length,
    dialect,
  });
  const [planned] = change.tables;
  const standing = known.catalog.tables.get(name);
  if (change.stop || change.stale || change.changes.length > 0 || !planned || !standing?.isOurs) return null;

  const { from, values } = waiting.all(root);
  const next = (place: number): string => `$${values.length + place}`;
  const rows = `${from} cross join taken`;
  const isAsKnown = `taken.changes = ${next(4)}::bigint`;
  const condition = `${isAsKnown} and ${notBelowTaken}`;
  const target = targetOf(quoteQualified(schema, name), planned);
  const upsert: UpsertOptions | null =
    root.primaryKey.length === 0
      ? null
      : {
          target,
          keys: keysOf(planned),
          from: rows,
          condition,
          emptied: emptiedColumns({
            standing,
            before: standing,
            targets: planned.targets,
            dialect,
          }),
          isNew: false,
          winners: 'ignored',
        };
  const insert = upsert === null ? appendRows(target, rows, condition) : upsertRows(upsert);
  const { lanes, loads } = bookkeeping(schema);
  const sql = `with taken as (
      insert into ${lanes} as lane (lane, fence) values (${next(1)}::text, ${next(2)}::bigint)
      on conflict (lane) do update set fence = excluded.fence
        where lane.fence <= excluded.fence and lane.fence = coalesce(${next(10)}::bigint, lane.fence)
      returning lane.active_version, lane.changes),
    merged as (${insert} returning 1),
    counted as (select count(*) as loaded from merged),
    marked as (insert into ${loads} (load_id, part, lane, result, batches)
      select ${next(3)}::text, 0, ${next(1)}::text,
        ${next(6)}::text || loaded || ${next(7)}::text || (${next(5)}::bigint - loaded) || ${next(8)}::text,
        ${next(9)}::text[]
      from counted cross join taken where ${isAsKnown} returning 1)
    select (select loaded from counted)::integer as loaded, (select count(*) from marked)::integer as marked`;

  const table = {
    source,
    destination: name,
    primaryKeys: root.primaryKey,
    rowsLoaded: 0,
    rowsRejected: 0,
    droppedAsOlder: 0,
    older: null,
  };
  const notes = renderNotes(shaped.noted, false);
  const total = root.rows.length + shaped.skipped;
  try {
    const { rows: answer } = await session.prepared<{ loaded: number; marked: number }>(
      sql,
      [
        ...values,
        lane,
        plan.fence,
        plan.loadId,
        known.lane.changes,
        total,
        ...markPieces(table, notes),
        [...(plan.batchIds ?? [])],
        plan.standingFence ?? null,
      ],
      signal,
      true,
    );
    const { loaded = 0, marked = 0 } = answer[0] ?? {};
    if (marked === 0) return null;
    const older = upsert && loaded === 0 ? await exampleOf(options, { ...upsert, from }, { values }) : null;
    return {
      tables: [{ ...table, older, rowsLoaded: loaded, droppedAsOlder: total - loaded }],
      schemaChanges: [],
      rejections: [],
      notes,
    };
  } catch (error) {
    // The mark stands already.
    if (isServerError(error) && error.code === '23505') return null;
    throw error;
  }
}

const notBelowTaken = `${orLowest(`s.${stagedColumn(at.tableVersion)}`)} >= ${orLowest('taken.active_version')}`;

/** The mark's text around the two numbers that only the statement knows; the same as `writeMark` would write. */
function markPieces(table: TableResult, notes: LoadNotes): string[] {
  const { rowsLoaded: _, rowsRejected, droppedAsOlder: __, older, ...names } = table;
  const pieces = [
    `{"tables":[${JSON.stringify(names).slice(0, -1)},"rowsLoaded":`,
    `,"rowsRejected":${rowsRejected},"droppedAsOlder":`,
    `,"older":${JSON.stringify(older)}}],"schemaChanges":[],"rejections":[],"notes":${JSON.stringify(notes)}}`,
  ].map((piece) => JSON.stringify(piece).slice(1, -1));
  return [`"${pieces[0]}`, pieces[1]!, `${pieces[2]}"`];
}
