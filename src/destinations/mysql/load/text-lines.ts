import { assert } from '../../../errors/bug.ts';
import { createBoundedCache } from '../../../lib/bounded-cache.ts';
import type { ColumnType, Row, Value } from '../../../shape/shape.ts';

/** A value as LOAD DATA and INSERT take it, before it is escaped or quoted; null is null. */
export function textOf(value: Value, type: ColumnType): string | null {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'boolean':
      return value === true ? '1' : '0';
    case 'timestamp':
      assert(typeof value === 'number' || typeof value === 'bigint', 'a timestamp is a number');
      return renderTimestamp(value);
    case 'double':
      return Object.is(value, -0) ? '-0' : String(value);
    default:
      return String(value);
  }
}

/** `2018-02-06 15:36:36.123456`, from microseconds since 1970. */
function renderTimestamp(micros: number | bigint): string {
  if (typeof micros === 'number') {
    const rest = ((micros % 1000) + 1000) % 1000;
    return withMicros((micros - rest) / 1000, rest);
  }
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  return withMicros(Number((micros - rest) / 1000n), Number(rest));
}

const dayMilliseconds = 86_400_000;
/** Texts of days: those of one load are few, and to make one costs more than all the rest of a time. */
const days = createBoundedCache<number, string>({ maxSize: 1_000 });

function withMicros(milliseconds: number, rest: number): string {
  const day = Math.floor(milliseconds / dayMilliseconds);
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(day * dayMilliseconds).toISOString().slice(0, 10);
    days.set(day, date);
  }
  const within = milliseconds - day * dayMilliseconds;
  const seconds = Math.floor(within / 1_000);
  const minutes = Math.floor(seconds / 60);
  const micros = (within % 1_000) * 1_000 + rest;
  return `${date} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}.${String(micros).padStart(6, '0')}`;
}

const two = (number: number): string => (number < 10 ? `0${number}` : String(number));

const special = /[\\\t\n\0]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\0': '\\0' };

function field(value: Value, type: ColumnType): string {
  const text = textOf(value, type);
  if (text === null) return '\\N';
  return (type === 'text' || type === 'json') && special.test(text)
    ? text.replace(/[\\\t\n\0]/g, (character) => escapes[character]!)
    : text;
}

/** Rows as lines of LOAD DATA. Shorter rows are filled up with nulls. */
export function renderLines(rows: readonly Row[], types: readonly ColumnType[]): string {
  let lines = '';
  for (const row of rows) {
    for (let position = 0; position < types.length; position += 1) {
      if (position > 0) lines += '\t';
      lines += field(row[position], types[position]!);
    }
    lines += '\n';
  }
  return lines;
}
