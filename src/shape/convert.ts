import { ExactNumber } from '../lib/exact-number.ts';
import { parseDateTime } from './date-time.ts';
import { type Reason, reasons } from './reject.ts';
import type { ColumnType, Dialect, Int64, TypeRules } from './shape.ts';
import { doubleOf, integerOf, numberText, numericOf } from './value-types.ts';

/** A value in the form of rows, or why it cannot stand in the destination. */
export type Converted = boolean | number | bigint | string | Reason;

export const isRefused = (converted: Converted): converted is Reason => typeof converted === 'object';

/** The rules of a destination about scalars, ready for use. `field` is the cleaned name of the column, for reasons. */
export interface Converter {
  /** The text itself. */
  text(text: string, field: string): Converted;
  /** Microseconds; a reason when it is out of range; null when it cannot be parsed. */
  timestamp(text: string, field: string): Int64 | Reason | null;
  number(value: number | ExactNumber, type: ColumnType, field: string): Converted;
}

export function createConverter(dialect: Dialect): Converter {
  const { title, nulInText, numerics } = dialect;
  const { min, max } = dialect.timestamps;
  // Mixed comparisons are exact but slow; almost every timestamp is a number well within these.
  const [low, high] = [Number(min), Number(max)];

  return {
    text(text, field) {
      if (!text.isWellFormed()) return reasons.loneSurrogate(field);
      if (!nulInText && text.includes('\0')) return reasons.nulInText(title, field);
      return text;
    },
    timestamp(text, field) {
      const micros = parseDateTime(text);
      if (micros === null) return null;
      if (typeof micros === 'number' ? micros >= low && micros <= high : micros >= min && micros <= max)
        return micros;
      return reasons.timestampOutOfRange(title, field, text);
    },
    number(value, type, field) {
      if (typeof value === 'number' && !Number.isFinite(value))
        return reasons.decimalOutOfRange(title, field, String(value));
      switch (type) {
        case 'int32':
        case 'integer':
          return integerOf(value) ?? reasons.integerOutOfRange(title, field, numberText(value));
        case 'double':
          return doubleOf(value);
        case 'numeric':
          return numericOf(value, numerics) ?? reasons.decimalOutOfRange(title, field, numberText(value));
        default:
          return numberText(value);
      }
    },
  };
}

export const isNumber = (value: unknown): value is number | ExactNumber =>
  typeof value === 'number' || value instanceof ExactNumber;

/** The timestamp or text that a string of a typed place is; a reason when it is neither. */
export function convertString(
  text: string,
  strings: TypeRules['strings'],
  field: string,
  converter: Converter,
): { readonly type: 'timestamp' | 'text'; readonly value: Converted } {
  if (strings !== 'text') {
    const micros = converter.timestamp(text, field);
    if (micros !== null) return { type: 'timestamp', value: micros };
    if (strings === 'date-time')
      return { type: 'timestamp', value: reasons.unparsableTimestamp(field, text) };
  }
  return { type: 'text', value: converter.text(text, field) };
}

/** Whether a whole number fits a column that adopted tables have. */
export const isInt32 = (value: Converted): boolean => typeof value === 'number' && value === (value | 0);
