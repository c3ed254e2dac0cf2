import type { Dialect, Int64, ShapedTable } from '../../../shape/shape.ts';
import type { LoadBatch, LoadPlan } from '../../session.ts';
import { createRejectedRows, type RejectedRows } from '../../sql/rejected-rows.ts';
import { type ShapedLoad, shapeLoad } from '../../sql/shape-load.ts';
import type { PostgresSession } from '../session.ts';
import type { StandingCatalog } from './catalog.ts';
import { rowTooBig } from './row-size.ts';
import { createStaging, type Staging } from './staging.ts';
import { givenRows, stagedRows, type WaitingRows } from './waiting-rows.ts';

/** A load that only has to be merged. */
export interface CollectedLoad {
  readonly shaped: ShapedLoad;
  readonly tables: readonly ShapedTable[];
  readonly waiting: WaitingRows;
  readonly rejected: RejectedRows;
  /** Set when the rows are staged, in a transaction that is open since. */
  readonly staging: Staging | null;
}

export interface CollectOptions {
  readonly session: PostgresSession;
  readonly dialect: Dialect;
  /** May make temporary tables. */
  readonly temporary: boolean;
  /** More rows than this are staged. */
  readonly givenRows: number;
  readonly plan: LoadPlan;
  readonly batches: AsyncIterable<LoadBatch>;
  readonly catalog: StandingCatalog;
  readonly activeVersion: Int64 | null;
  readonly signal: AbortSignal;
}

const mostGivenCharacters = 1_000_000;

/** Shapes all batches, and stages their rows if they are many. */
export async function collectLoad(options: CollectOptions): Promise<CollectedLoad> {
  const { session, plan, batches, temporary, catalog, activeVersion, signal } = options;
  const rejected = createRejectedRows();
  let tables: readonly ShapedTable[] = [];
  let staging: Staging | null = null;

  const mustStage = (): boolean => {
    let rows = rejected.rows.length;
    for (const table of tables) rows += table.rows.length;
    return rows > options.givenRows;
  };
  async function stage(): Promise<Staging> {
    if (staging === null) {
      // Rows may come slowly, and wait long for their turn; nobody waits for this transaction meanwhile.
      await session.script(['begin', "set local idle_in_transaction_session_timeout = '20min'"], signal);
      staging = createStaging({
        session,
        schema: temporary ? null : plan.lane.schema,
        name: temporary ? '_backstitch_stage' : `_backstitch_stage_${plan.loadId.slice(0, 32)}`,
        signal,
      });
    }
    await staging.take(tables);
    await staging.take([rejected]);
    return staging;
  }

  const shaped = await shapeLoad({
    plan,
    batches,
    dialect: options.dialect,
    catalog,
    activeVersion,
    opened: (shaper) => {
      tables = shaper.tables;
    },
    async takeRows() {
      if (staging !== null || mustStage()) await stage();
    },
    takeRejected: rejected.add,
    rowProblem: rowTooBig,
  });
  const characters = [...tables, rejected].reduce((sum, { rows }) => sum + charactersOf(rows), 0);
  const isSmall = staging === null && !mustStage() && characters <= mostGivenCharacters;
  const given = isSmall ? givenRows(session, tables, signal) : null;
  if (given !== null) return { shaped, tables, rejected, waiting: given, staging };
  const staged = await stage();
  await staged.finish();
  return { shaped, tables, rejected, waiting: stagedRows(session, staged, signal), staging: staged };
}

const charactersOf = (rows: readonly (readonly unknown[])[]): number =>
  rows.reduce(
    (sum, row) =>
      sum + row.reduce<number>((all, value) => all + (typeof value === 'string' ? value.length : 0), 0),
    0,
  );
