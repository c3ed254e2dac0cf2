import { assert } from '../errors/bug.ts';
import type { Journal } from './journal.ts';
import type { Reason } from './reject.ts';
import type { CatalogTable, ColumnType, Dialect, Row, ShapedColumn, ShapedTable, Value } from './shape.ts';
import type { SystemColumn } from './system-columns.ts';
import { isReason, openTableDraft, type TableDraft } from './table-draft.ts';

/** A {@link ShapedTable} in the making. */
export interface OpenTable extends ShapedTable {
  readonly draft: TableDraft;
  /** True when some column that stands is an `int32`, which only adopted tables have. */
  readonly hasInt32: boolean;
  /** True for a column that stood there when a table that Stitch made was adopted. */
  isAdopted(name: string): boolean;
  /** Positions of the source keys in rows of a subtable; empty until a record with such rows was accepted. */
  sourceKeyPositions: readonly number[];
  /** How many fields of its objects are kept for the next record. */
  rememberedFields: number;
  /** A row of nulls, with the system columns' places first. */
  newRow(): Row;
  /**
   * The position of the values of this type from this field; made when it is the first. A refusal changes nothing.
   * @param name cleaned, without any suffix.
   */
  positionOf(name: string, source: string, type: ColumnType): number | Reason;
  /** The position of a key column; made when it is the first. Its name is never split. */
  keyPositionOf(name: string, source: string, type: ColumnType): number | Reason;
  /** Adds a row of an accepted record. */
  accept(row: Row): void;
}

export function openTable(options: {
  readonly name: string;
  readonly source: string;
  readonly parent: ShapedTable | null;
  readonly standing: CatalogTable | undefined;
  readonly systemColumns: readonly SystemColumn[];
  readonly primaryKey: readonly string[];
  readonly dialect: Dialect;
  readonly journal: Journal;
}): OpenTable {
  const { name, source, parent, standing, dialect, journal } = options;
  const draft = openTableDraft(name, standing, dialect, journal);
  const columns: { -readonly [Part in keyof ShapedColumn]: ShapedColumn[Part] }[] = [];
  const rows: Row[] = [];
  const positions = new Map<string, number>();
  const emptyRow: Row = [];
  /** Positions of system columns that no row had a value for. */
  let unfilled: readonly number[] = [];

  function append(column: Omit<ShapedColumn, 'isFilled'>, isFilled = true): number {
    emptyRow.push(null);
    return columns.push({ ...column, isFilled }) - 1;
  }

  append({ role: 'ordinal', name: '_backstitch_ordinal', type: 'integer', source: null });
  for (const column of options.systemColumns) {
    const position = append({ role: 'system', source: null, ...column }, false);
    unfilled = [...unfilled, position];
    // A table that stands may lack one, as tables that Stitch made do: it is added once it has a value.
    if (standing) continue;
    const made = draft.fixedColumn(column.name, column.type, true);
    assert(!isReason(made), `the system columns of ${name} are more than a table can have`);
  }

  function noteFilled(row: Row): void {
    const filled = unfilled.filter((position) => row[position] !== null && row[position] !== undefined);
    if (filled.length === 0) return;
    for (const position of filled) columns[position]!.isFilled = true;
    unfilled = unfilled.filter((position) => !filled.includes(position));
  }

  function positionFor(
    column: Omit<ShapedColumn, 'isFilled'>,
    makeColumn: () => Reason | null,
  ): number | Reason {
    const id = `${column.role} ${column.type} ${column.source}`;
    const known = positions.get(id);
    if (known !== undefined) return known;
    const refusal = makeColumn();
    if (refusal) return refusal;
    const position = append(column);
    positions.set(id, position);
    journal.note(() => {
      // Undone in reverse order: it is the last again.
      columns.pop();
      emptyRow.pop();
      positions.delete(id);
    });
    return position;
  }

  return {
    name,
    source,
    parent,
    depth: parent === null ? 0 : parent.depth + 1,
    columns,
    primaryKey: options.primaryKey,
    rows,
    draft,
    isAdopted: (column) =>
      standing?.owned === null ? draft.find(column) !== undefined : standing?.adopted?.has(column) === true,
    hasInt32: standing?.columns.some(({ type }) => type === 'int32') ?? false,
    sourceKeyPositions: [],
    rememberedFields: 0,
    accept(row) {
      rows.push(row);
      if (unfilled.length > 0) noteFilled(row);
    },
    newRow: () => emptyRow.slice(),
    positionOf: (base, field, type) =>
      positionFor({ role: 'value', name: base, type, source: field }, () => {
        const found = draft.columnFor(base, field, type);
        return isReason(found) ? found : null;
      }),
    keyPositionOf: (base, field, type) =>
      positionFor({ role: 'key', name: base, type, source: field }, () => {
        const found = draft.fixedColumn(base, type, false);
        return isReason(found) ? found : null;
      }),
  };
}

/** Sets a value at a position that may be beyond what the row has so far. */
export function setValue(row: Row, position: number, value: Value): void {
  while (row.length < position) row.push(null);
  row[position] = value;
}
