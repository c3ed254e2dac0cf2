import type { Int64, Row, ShapedTable, Value } from './shape.ts';
import { at } from './system-columns.ts';

/** What decides between two records of one key. A missing part is lower than any. */
export interface Standing {
  readonly tableVersion: Int64 | null;
  readonly sequence: Int64 | null;
}

/** True when a record replaces the one that stands: strictly greater by (table version, sequence). */
export function supersedes(challenger: Standing, standing: Standing): boolean {
  const byVersion = compare(challenger.tableVersion, standing.tableVersion);
  return byVersion > 0 || (byVersion === 0 && compare(challenger.sequence, standing.sequence) > 0);
}

/** True when messages of this version are to be skipped and counted: a higher one was activated before. */
export const isBelowActive = (version: Int64 | null, active: Int64 | null): boolean =>
  compare(version, active) < 0;

/** Negative, 0 or positive; null is lowest. */
function compare(one: Int64 | null, other: Int64 | null): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  return one > other ? 1 : one < other ? -1 : 0;
}

export interface Deduped {
  /** One row a key, in the order in which the keys came first. */
  readonly rows: readonly Row[];
  /** Ordinals of the records that won; rows of subtables with another ordinal must not be loaded. */
  readonly ordinals: ReadonlySet<Value>;
  /** Rows that were not as new as another one of the same key, or came after one that was as new. */
  readonly droppedAsOlder: number;
}

/**
 * The rows that stand when these are applied in order. May be called for each batch of a chunk and again for what is
 * left of all: the outcome is the same.
 * @param table the top level of a chunk; it must have key names.
 */
export function dedupeRows(table: ShapedTable, rows: readonly Row[] = table.rows): Deduped {
  const keyOf = keyReader(table);
  const winners = new Map<Value, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    const standing = winners.get(key);
    if (standing === undefined || supersedes(standingOf(row), standingOf(standing))) winners.set(key, row);
  }
  const kept = [...winners.values()];
  return {
    rows: kept,
    ordinals: new Set(kept.map((row) => row[at.ordinal])),
    droppedAsOlder: rows.length - kept.length,
  };
}

/** What the comparison reads from a row of the top level. */
export const standingOf = (row: Row): Standing => ({
  tableVersion: (row[at.tableVersion] ?? null) as Int64 | null,
  sequence: (row[at.sequence] ?? null) as Int64 | null,
});

/** Equal exactly for rows with equal keys. */
export function keyReader({ columns }: Pick<ShapedTable, 'columns'>): (row: Row) => Value {
  const positions = columns.flatMap(({ role }, position) => (role === 'key' ? [position] : []));
  const [only] = positions;
  if (positions.length === 1) return (row) => row[only!];
  // Types never differ within a column, so only the limits between the texts must be told apart.
  return (row) => JSON.stringify(positions.map((position) => String(row[position])));
}
