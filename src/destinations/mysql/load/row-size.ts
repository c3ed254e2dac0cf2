import type { ColumnType, Row, ShapedTable } from '../../../shape/shape.ts';

/** What a page of InnoDB holds of one row, less its header and the map of nulls of the widest table. */
const mostBytes = 7_900;
/** Fewer values than this always fit: long ones are kept elsewhere, and only a pointer counts. */
const alwaysFit = 190;
/** A long value's pointer; a value up to this length stays in the row. */
const pointerBytes = 40;

const sizes: Readonly<Record<ColumnType, number>> = {
  boolean: 1,
  int32: 4,
  integer: 8,
  double: 8,
  timestamp: 8,
  numeric: 30,
  text: pointerBytes,
  json: pointerBytes,
};

/** Why a row does not fit into a page of InnoDB, or null. */
export function rowTooBig({ columns }: ShapedTable, row: Row): string | null {
  if (row.length <= alwaysFit) return null;
  let size = 0;
  for (let position = 1; position < row.length; position += 1) {
    const value = row[position];
    if (value === null || value === undefined) continue;
    const most = sizes[columns[position]!.type];
    size += typeof value === 'string' ? Math.min(Buffer.byteLength(value), most) + 2 : most;
  }
  return size <= mostBytes
    ? null
    : `row of ${size} bytes is too big for MySQL, which keeps at most ${mostBytes} bytes of a row together; it has too many columns with values`;
}
