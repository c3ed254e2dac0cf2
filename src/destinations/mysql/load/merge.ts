import { assert } from '../../../errors/bug.ts';
import type { PlannedTable } from '../../../shape/plan-changes.ts';
import type { Int64 } from '../../../shape/shape.ts';
import { at } from '../../../shape/system-columns.ts';
import { quoteIdentifier } from '../quote.ts';
import { stagedColumn } from './staging.ts';

/**
 * The statements that bring rows into the table that people read. Rows come from a staging table, or as literals.
 */

/** Lower than any sequence or version that can be sent. */
const lowest = '-9223372036854775808';
const orLowest = (expression: string): string => `coalesce(${expression}, ${lowest})`;

const sequence = quoteIdentifier('_sdc_sequence');
const version = quoteIdentifier('_sdc_table_version');

/** What goes where of a planned table, by position; positions that go nowhere are left out. */
export interface Target {
  /** Quoted and qualified. */
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly position: number }[];
  /** Names of the key columns, quoted; empty: every row is a row. */
  readonly keys: readonly string[];
  /** Columns of ours that no waiting row has a value for: a row that is replaced has none there from then on. */
  readonly emptied: readonly string[];
  /** Somebody's unique indexes: a row that stands may be another one than that of the key. */
  readonly uniqueIndexes: readonly string[];
}

export function targetOf(
  table: string,
  planned: PlannedTable,
  emptied: readonly string[],
  uniqueIndexes: readonly string[],
): Target {
  const { targets } = planned;
  const columns = targets.flatMap((name, position) =>
    name === null ? [] : [{ name: quoteIdentifier(name), position }],
  );
  const keys = planned.table.columns.flatMap(({ role }, position) => {
    if (role !== 'key') return [];
    const name = targets[position];
    assert(name, 'a key has no column');
    return [quoteIdentifier(name)];
  });
  return { table, columns, keys, emptied: emptied.map(quoteIdentifier), uniqueIndexes };
}

/** Where staged rows come from. */
export interface StagedSource {
  readonly relation: string;
  /** A table of the ordinals of rows that others of the same load replace. */
  readonly losers: string | null;
  readonly activeVersion: Int64 | null;
}

/** One statement that merges all staged rows. */
export function mergeStaged(target: Target, { relation, losers, activeVersion }: StagedSource): string {
  const values = target.columns.map(({ position }) => `s.${stagedColumn(position)}`).join(', ');
  const conditions = [
    ...(activeVersion === null
      ? []
      : [`${orLowest(`s.${stagedColumn(at.tableVersion)}`)} >= ${activeVersion}`]),
    ...(losers === null
      ? []
      : [`not exists (select 1 from ${losers} l where l.c0 = s.${stagedColumn(at.ordinal)})`]),
  ];
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  return `${insertInto(target)} select ${values} from ${relation} s${where}${onDuplicate(target)}`;
}

/** One statement that merges these rows, written as `('1', null)`. */
export const mergeGiven = (target: Target, rows: readonly string[]): string =>
  `${insertInto(target)} values ${rows.join(', ')}${onDuplicate(target)}`;

const insertInto = ({ table, columns }: Target): string =>
  `insert into ${table} (${columns.map(({ name }) => name).join(', ')})`;

/**
 * A row that stands is replaced when the one that comes is greater by (version, sequence). Assignments are made from
 * left to right and see those before them: what the comparison reads comes last, the sequence first, so that the
 * version can be compared without it. A row that stands in the way by another unique index than the key is not to be
 * replaced: a key that is no value ends the statement then.
 */
function onDuplicate({ table, columns, keys, emptied, uniqueIndexes }: Target): string {
  if (keys.length === 0) return '';
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  const standing = (name: string): string => (has(name) ? orLowest(`${table}.${name}`) : lowest);
  const coming = (name: string): string => (has(name) ? orLowest(`values(${name})`) : lowest);
  const isHigher = `${coming(version)} > ${standing(version)}`;
  const wins = `(${isHigher} or (${coming(version)} = ${standing(version)} and ${coming(sequence)} > ${standing(sequence)}))`;
  const keep = (name: string): string => `${table}.${name}`;
  const plain = columns.filter(({ name }) => !keys.includes(name) && name !== sequence && name !== version);
  const sameKey = keys.map((name) => `${name} = if(${keep(name)} <=> values(${name}), ${keep(name)}, null)`);
  const assignments = [
    ...(uniqueIndexes.length === 0 ? [] : sameKey),
    ...plain.map(({ name }) => `${name} = if(${wins}, values(${name}), ${keep(name)})`),
    ...emptied.map((name) => `${name} = if(${wins}, null, ${keep(name)})`),
    ...(has(sequence) ? [`${sequence} = if(${wins}, values(${sequence}), ${keep(sequence)})`] : []),
    ...(has(version) ? [`${version} = if(${isHigher}, values(${version}), ${keep(version)})`] : []),
  ];
  const [first = ''] = keys;
  return ` on duplicate key update ${assignments.length === 0 ? `${first} = ${keep(first)}` : assignments.join(', ')}`;
}

/** The rows of all versions below this one go. */
export const deleteBelow = (table: string, active: Int64): string =>
  `delete from ${table} where ${orLowest(version)} < ${active}`;

/** A standing row that made this key's record lose, with what decided between them. */
export const standingOf = (target: Target, key: readonly string[]): string =>
  `select ${version} as version, ${sequence} as sequence from ${target.table}
   where ${target.keys.map((name, index) => `${name} = ${key[index]}`).join(' and ')}`;
