import type { ColumnType, Row, ShapedTable, Value } from '../../../shape/shape.ts';

/** What a page holds of one row, less its header, the map of nulls of the widest table, and a little. */
const mostBytes = 7_900;
/** Fewer values than this always fit: long ones are kept elsewhere, and only a pointer counts. */
const alwaysFit = 300;
const pointerBytes = 24;

/** Why a row does not fit into a page of PostgreSQL, or null. */
export function rowTooBig({ columns }: ShapedTable, row: Row): string | null {
  if (row.length <= alwaysFit) return null;
  let size = 0;
  for (let position = 1; position < row.length; position += 1) {
    const value = row[position];
    if (value === null || value === undefined) continue;
    const { type } = columns[position]!;
    const alignment = alignments[type];
    size = Math.ceil(size / alignment) * alignment + sizeOf(value, type);
  }
  return size <= mostBytes
    ? null
    : `row of ${size} bytes is too big for PostgreSQL, which keeps at most ${mostBytes} bytes of a row together; it has too many columns with values`;
}

const alignments: Readonly<Record<ColumnType, number>> = {
  boolean: 1,
  int32: 4,
  integer: 8,
  double: 8,
  timestamp: 8,
  numeric: 1,
  text: 1,
  json: 1,
};

function sizeOf(value: Value, type: ColumnType): number {
  if (typeof value !== 'string') return type === 'boolean' ? 1 : alignments[type];
  // Twice the digits that PostgreSQL makes of a number; exact enough, as few rows have hundreds of them.
  const bytes = type === 'numeric' ? value.length / 2 + 6 : Buffer.byteLength(value) + 1;
  return Math.min(Math.ceil(bytes), pointerBytes);
}
