import { assert } from '../../../errors/bug.ts';
import type { Row, ShapedTable, Value } from '../../../shape/shape.ts';
import { at } from '../../../shape/system-columns.ts';
import { stagedTypes } from '../binary-rows.ts';
import type { Answer, PostgresSession } from '../session.ts';
import type { UpsertOptions } from './merge.ts';
import { type Staging, stagedColumn } from './staging.ts';
import { columnArrays } from './text-arrays.ts';

/** What stands after FROM, as `s`, and the values it needs. */
export interface RowSource {
  readonly from: string;
  readonly values: readonly unknown[];
  readonly condition: string;
}

/** The rows of a load between shaping and merging: staged in the destination, or few enough to go with the statements. */
export interface WaitingRows {
  all(table: ShapedTable): RowSource;
  count(table: ShapedTable): number;
  /** Runs the upsert of the top level and remembers which rows won. Returns how many. */
  upsert(makeSql: (winners: UpsertOptions['winners']) => string, table: ShapedTable): Promise<number>;
  /** The rows of the top level that won. */
  winners(table: ShapedTable): RowSource;
  /** The rows of a subtable whose parents won. */
  ofWinners(table: ShapedTable): RowSource;
}

export function stagedRows(session: PostgresSession, staging: Staging, signal: AbortSignal): WaitingRows {
  let winners = '';
  const relation = (table: ShapedTable): string => {
    const name = staging.relationOf(table);
    assert(name, `no rows of ${table.name} were staged`);
    return name;
  };
  const ordinal = stagedColumn(at.ordinal);
  return {
    all: (table) => ({ from: `${relation(table)} as s`, values: [], condition: 'true' }),
    count: (table) => staging.countOf(table),
    async upsert(makeSql) {
      winners = await staging.openWinners();
      const { count } = await session.prepared(makeSql({ table: winners }), [], signal);
      return count;
    },
    winners: (table) => ({
      from: `${relation(table)} as s join ${winners} as w on w.${ordinal} = s.${ordinal}`,
      values: [],
      condition: 'true',
    }),
    ofWinners: (table) => ({
      from: `${relation(table)} as s`,
      values: [],
      condition: `s.${ordinal} in (select ${ordinal} from ${winners})`,
    }),
  };
}

/** Null when a value can only be staged. */
export function givenRows(
  session: PostgresSession,
  tables: readonly ShapedTable[],
  signal: AbortSignal,
): WaitingRows | null {
  const arrays = new Map<ShapedTable, readonly (readonly (string | null)[])[]>();
  for (const table of tables) {
    const columns = columnArrays(
      table.rows,
      table.columns.map(({ type }) => type),
    );
    if (columns === null) return null;
    arrays.set(table, columns);
  }
  let winners: ReadonlySet<Value> = new Set();

  function source(table: ShapedTable, isTaken: (row: Row) => boolean): RowSource {
    const { rows, columns } = table;
    const taken = rows.flatMap((row, index) => (isTaken(row) ? [index] : []));
    const all = arrays.get(table)!;
    const list = columns.map((_, position) => stagedColumn(position));
    const parameters = columns.map(({ type }, position) => `$${position + 1}::${stagedTypes[type]}[]`);
    return {
      from: `unnest(${parameters.join(', ')}) as s (${list.join(', ')})`,
      values: taken.length === rows.length ? all : all.map((values) => taken.map((index) => values[index])),
      condition: 'true',
    };
  }

  const everything = () => true;
  const won = (row: Row): boolean => winners.has(row[at.ordinal]);
  return {
    all: (table) => source(table, everything),
    count: ({ rows }) => rows.length,
    async upsert(makeSql, table) {
      const { values } = source(table, everything);
      const { rows }: Answer<{ c0: string }> = await session.prepared(makeSql('returned'), values, signal);
      winners = new Set(rows.map(({ c0 }) => Number(c0)));
      return rows.length;
    },
    winners: (table) => source(table, won),
    ofWinners: (table) => source(table, won),
  };
}
