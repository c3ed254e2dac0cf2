import { assert } from '../../../errors/bug.ts';
import type { PlannedTable } from '../../../shape/plan-changes.ts';
import type { Int64, ShapedTable } from '../../../shape/shape.ts';
import { at } from '../../../shape/system-columns.ts';
import { quoteIdentifier } from '../quote.ts';
import { stagedColumn } from './staging.ts';

/**
 * The statements that bring rows from where they wait into the tables that people read. `from` is always something
 * that can stand after FROM as `s`: a staging table, or rows given as arrays. Columns have the names of
 * {@link stagedColumn}.
 */

/** Lower than any sequence or version that can be sent. */
const lowest = "'-9223372036854775808'::bigint";
export const orLowest = (expression: string): string => `coalesce(${expression}, ${lowest})`;

const sequenceName = '_sdc_sequence';
const versionName = '_sdc_table_version';

interface Target {
  /** Quoted and qualified. */
  readonly table: string;
  /** Pairs of a column of the table and what goes into it. */
  readonly columns: readonly { readonly name: string; readonly value: string }[];
}

/** What goes where of a planned table. */
export function targetOf(table: string, { table: shaped, targets }: PlannedTable): Target {
  return {
    table,
    columns: targets.flatMap((name, position) =>
      name === null ? [] : [{ name: quoteIdentifier(name), value: stagedValue(shaped, position) }],
    ),
  };
}

/** Numerics wait as text. */
const stagedValue = ({ columns }: ShapedTable, position: number): string =>
  `s.${stagedColumn(position)}${columns[position]!.type === 'numeric' ? '::numeric' : ''}`;

/** Keys of the top level: their names in the table, and where they wait. */
export function keysOf({
  table,
  targets,
}: PlannedTable): { readonly name: string; readonly value: string }[] {
  return table.columns.flatMap(({ role }, position) => {
    if (role !== 'key') return [];
    const name = targets[position];
    assert(name, 'a key has no column');
    return [{ name: quoteIdentifier(name), value: stagedValue(table, position) }];
  });
}

const names = (columns: readonly { readonly name: string }[]): string =>
  columns.map(({ name }) => name).join(', ');
const values = (columns: readonly { readonly value: string }[]): string =>
  columns.map(({ value }) => value).join(', ');

/** Condition on waiting rows: not below the active version. */
export const notBelow = (active: Int64 | null): string =>
  active === null ? 'true' : `${orLowest(`s.${stagedColumn(at.tableVersion)}`)} >= ${active}`;

/** Every row is a row. */
export const appendRows = ({ table, columns }: Target, from: string, condition: string): string =>
  `insert into ${table} (${names(columns)}) select ${values(columns)} from ${from} where ${condition}`;

export interface UpsertOptions {
  readonly target: Target;
  readonly keys: readonly { readonly name: string; readonly value: string }[];
  readonly from: string;
  readonly condition: string;
  /** Columns of ours that no waiting row has a value for: a row that is replaced has none there from then on. */
  readonly emptied: readonly string[];
  /** The table is new and empty. */
  readonly isNew: boolean;
  /**
   * What becomes of the ordinals of the rows that won: nothing, they are returned, or they go into this table's column
   * `c0`.
   */
  readonly winners: 'ignored' | 'returned' | { readonly table: string };
}

/** One row a key: the greatest by (table version, sequence), on equal the first; what stands counts as first. */
export function upsertRows(options: UpsertOptions): string {
  const { target, keys, from, condition, isNew, winners } = options;
  const sorted = [
    ...keys.map(({ value }) => value),
    `${orLowest(`s.${stagedColumn(at.tableVersion)}`)} desc`,
    `${orLowest(`s.${stagedColumn(at.sequence)}`)} desc`,
    `s.${stagedColumn(at.ordinal)}`,
  ];
  const pick = (columns: string): string =>
    `select distinct on (${values(keys)}) ${columns} from ${from} where ${condition} order by ${sorted.join(', ')}`;
  const into = `insert into ${target.table} as kept (${names(target.columns)})`;
  if (winners === 'ignored') return `${into} ${pick(values(target.columns))} ${conflict(options)}`;

  const ordinal = `s.${stagedColumn(at.ordinal)}`;
  const keyed = keys.map((_, index) => `k${index}`);
  const returning = `returning ${keys.map(({ name }, index) => `kept.${name} as ${keyed[index]}`).join(', ')}`;
  if (winners === 'returned') {
    const joined = keys.map(({ value }, index) => `merged.${keyed[index]} = ${value}`).join(' and ');
    return `with picked as (${pick('s.*')}),
      merged as (${into} select ${values(target.columns)} from picked s ${conflict(options)} ${returning})
      select ${ordinal} from picked s join merged on ${joined}`;
  }
  // Only what decides is sorted: the rows themselves are wide, and many.
  const deciding = [`${ordinal} as o`, ...keys.map(({ value }, index) => `${value} as ${keyed[index]}`)];
  const chosen = `select ${values(target.columns)} from ${from} where ${ordinal} in (select o from picked)`;
  // Nothing stands in the way of a row in a new table.
  const won = isNew ? 'picked' : `picked join merged using (${keyed.join(', ')})`;
  return `with picked as (${pick(deciding.join(', '))}),
    merged as (${into} ${chosen} ${conflict(options)} ${isNew ? '' : returning})
    insert into ${winners.table} (${stagedColumn(at.ordinal)}) select o from ${won}`;
}

function conflict({ target, keys, emptied, isNew }: UpsertOptions): string {
  if (isNew) return '';
  const keyNames = new Set(keys.map(({ name }) => name));
  const set = [
    ...target.columns
      .filter(({ name }) => !keyNames.has(name))
      .map(({ name }) => `${name} = excluded.${name}`),
    ...emptied.map((name) => `${quoteIdentifier(name)} = null`),
  ];
  return `on conflict (${names(keys)}) do update set ${set.join(', ')}
     where (${standing(target, 'kept')}) < (${standing(target, 'excluded')})`;
}

/** A column that somebody dropped, and that no row has a value for, decides nothing. */
const standing = ({ columns }: Target, row: string): string =>
  [versionName, sequenceName]
    .map((name) =>
      columns.some((column) => column.name === quoteIdentifier(name)) ? `${row}.${name}` : 'null',
    )
    .map(orLowest)
    .join(', ');

/** Rows of a subtable whose parents were replaced go, whatever they were. */
export const deleteChildren = (options: {
  readonly table: string;
  /** Source key columns of the subtable, in the order of the keys. */
  readonly sourceKeys: readonly string[];
  readonly keys: readonly { readonly value: string }[];
  /** The waiting rows of the top level. */
  readonly from: string;
  readonly condition: string;
}): string =>
  `delete from ${options.table} as child using ${options.from}
   where ${options.condition} and ${options.sourceKeys
     .map((name, index) => `child.${quoteIdentifier(name)} = ${options.keys[index]!.value}`)
     .join(' and ')}`;

/** The rows of all versions below `$1` go. */
export const deleteBelow = (table: string): string =>
  `delete from ${table} where ${orLowest(versionName)} < $1::bigint`;

/** A standing row that made a waiting one lose, with what decided between them. */
export const olderExample = (options: UpsertOptions): string =>
  `select s.${stagedColumn(at.tableVersion)} as version, s.${stagedColumn(at.sequence)} as sequence,
     kept.${versionName} as standing_version, kept.${sequenceName} as standing_sequence
   from ${options.target.table} as kept join ${options.from} on ${options.keys
     .map(({ name, value }) => `kept.${name} = ${value}`)
     .join(' and ')}
   order by s.${stagedColumn(at.ordinal)} desc limit 1`;
