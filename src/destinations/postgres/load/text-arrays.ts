import type { ColumnType, Int64, Row, Value } from '../../../shape/shape.ts';

/**
 * Rows as one array for each column, for `unnest`: one prepared statement takes any number of rows. Null when a value
 * has no text that PostgreSQL reads back as the same value; such rows must be staged.
 */
export function columnArrays(rows: readonly Row[], types: readonly ColumnType[]): (string | null)[][] | null {
  const columns: (string | null)[][] = types.map(() => []);
  for (const row of rows)
    for (const [position, type] of types.entries()) {
      const text = textOf(row[position], type);
      if (text === undefined) return null;
      columns[position]!.push(text);
    }
  return columns;
}

function textOf(value: Value, type: ColumnType): string | null | undefined {
  if (value === null || value === undefined) return null;
  if (type === 'timestamp') return timestampText(value as Int64);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Years of four digits; others have another form. */
const earliest = Date.UTC(1000, 0, 1) * 1000;
const latest = Date.UTC(10_000, 0, 1) * 1000;

function timestampText(micros: Int64): string | undefined {
  if (typeof micros === 'bigint' || micros < earliest || micros >= latest) return undefined;
  const milliseconds = Math.floor(micros / 1000);
  const rest = String(micros - milliseconds * 1000).padStart(3, '0');
  return new Date(milliseconds).toISOString().replace('Z', `${rest}Z`);
}
