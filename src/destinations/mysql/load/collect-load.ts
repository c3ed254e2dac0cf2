import { keyReader, type Standing, standingOf, supersedes } from '../../../shape/dedupe.ts';
import type { Int64, Row, ShapedTable, Value } from '../../../shape/shape.ts';
import { at } from '../../../shape/system-columns.ts';
import type { LoadBatch, LoadPlan } from '../../session.ts';
import { createRejectedRows, type RejectedRows } from '../../sql/rejected-rows.ts';
import { type ShapedLoad, shapeLoad } from '../../sql/shape-load.ts';
import { mysqlDialect } from '../dialect.ts';
import type { MysqlSession } from '../session.ts';
import type { ServerFacts } from '../version.ts';
import type { StandingCatalog } from './catalog.ts';
import { rowTooBig } from './row-size.ts';
import { createStaging, type Staging } from './staging.ts';

/** A load that only has to be merged. */
export interface CollectedLoad {
  readonly shaped: ShapedLoad;
  /** Null: no record became a row. */
  readonly table: ShapedTable | null;
  /** Rows of the table, staged or not. */
  readonly count: number;
  /** Ordinals of rows that others of the load, of the same key, replace. */
  readonly losers: readonly number[];
  /** A table of them, when there are some and the rows are staged. */
  readonly losersRelation: string | null;
  /** The last row that came, for an example. */
  readonly lastRow: Row | null;
  readonly rejected: RejectedRows;
  /** Null: the rows are few enough to go with the statements. */
  readonly staging: Staging | null;
}

export interface CollectOptions {
  readonly session: MysqlSession;
  readonly server: ServerFacts;
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

/** Characters of rows that go with a statement. */
const mostGivenCharacters = 500_000;

/** Shapes all batches, and stages their rows if they are many. */
export async function collectLoad(options: CollectOptions): Promise<CollectedLoad> {
  const { session, server, plan, batches, temporary, catalog, activeVersion, signal } = options;
  const rejected = createRejectedRows();
  let tables: readonly ShapedTable[] = [];
  let staging: Staging | null = null;
  let race: Race | null = null;
  let count = 0;
  /** Rows that the race has seen but nobody has taken yet. */
  let seen = 0;
  let lastRow: Row | null = null;

  function look(): void {
    const [table] = tables;
    if (!table) return;
    race ??= openRace(table);
    for (let next = seen; next < table.rows.length; next += 1) race.add(table.rows[next]!);
    count += table.rows.length - seen;
    lastRow = table.rows.at(-1) ?? lastRow;
    seen = table.rows.length;
  }
  const mustStage = (): boolean => (tables[0]?.rows.length ?? 0) + rejected.rows.length > options.givenRows;
  async function stage(): Promise<Staging> {
    staging ??= createStaging({
      session,
      server,
      schema: plan.lane.schema,
      name: `_backstitch_stage_${plan.loadId.slice(0, 32)}`,
      temporary,
      signal,
    });
    look();
    await staging.take(tables);
    await staging.take([rejected]);
    seen = 0;
    return staging;
  }

  const shaped = await shapeLoad({
    plan,
    batches,
    dialect: mysqlDialect,
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
  look();
  const [table = null] = tables;
  const characters = charactersOf(table?.rows ?? []) + charactersOf(rejected.rows);
  const losers = losersOf(race);
  const collected = { shaped, table, count, losers, lastRow, rejected };
  if (staging === null && !mustStage() && characters <= mostGivenCharacters)
    return { ...collected, losersRelation: null, staging };
  const staged = await stage();
  await staged.finish();
  const losersRelation = losers.length > 0 ? await staged.stageOrdinals(losers) : null;
  return { ...collected, losersRelation, staging: staged };
}

/** Finds the row that stands in the end for each key, as rows come by. */
interface Race {
  add(row: Row): void;
  readonly losers: readonly number[];
}

const losersOf = (race: Race | null): readonly number[] => race?.losers ?? [];

function openRace(table: ShapedTable): Race {
  const losers: number[] = [];
  if (table.primaryKey.length === 0) return { add() {}, losers };
  const keyOf = keyReader(table);
  /** Of each key the row that leads, by its place in the lists: an object for each would be most of the garbage. */
  const leaders = new Map<Value, number>();
  const [ordinals, sequences, versions]: [number[], (Int64 | null)[], (Int64 | null)[]] = [[], [], []];

  function lead(place: number, ordinal: number, { sequence, tableVersion }: Standing): void {
    ordinals[place] = ordinal;
    sequences[place] = sequence;
    versions[place] = tableVersion;
  }

  return {
    losers,
    add(row) {
      const key = keyOf(row);
      const ordinal = Number(row[at.ordinal]);
      const challenger = standingOf(row);
      const place = leaders.get(key);
      if (place === undefined) {
        leaders.set(key, ordinals.length);
        lead(ordinals.length, ordinal, challenger);
        return;
      }
      const standing = { sequence: sequences[place]!, tableVersion: versions[place]! };
      if (supersedes(challenger, standing)) {
        losers.push(ordinals[place]!);
        lead(place, ordinal, challenger);
      } else losers.push(ordinal);
    },
  };
}

const charactersOf = (rows: readonly (readonly unknown[])[]): number =>
  rows.reduce(
    (sum, row) =>
      sum + row.reduce<number>((all, value) => all + (typeof value === 'string' ? value.length : 8), 0),
    0,
  );
