import { ExactNumber } from '../lib/exact-number.ts';
import {
  asInt64,
  fitsDouble,
  fitsNumeric,
  isWhole,
  parseDecimal,
  renderDecimal,
  toInt64,
} from './decimal.ts';
import type { Int64, NumericRange, TypeRules } from './shape.ts';

/** The type that a number has under the rules of its place. Numbers that do not fit the schema are typed by value. */
export function typeOfNumber(
  value: number | ExactNumber,
  rules: TypeRules['numbers'],
): 'integer' | 'double' | 'numeric' {
  if (typeof value === 'number') {
    // Unmarked numbers are what was written: at most 17 digits, and integers exactly when written as such.
    if (rules === 'double' || rules === 'numeric') return rules;
    return Number.isInteger(value) ? 'integer' : 'double';
  }
  if (rules === 'numeric') return 'numeric';
  const decimal = parseDecimal(value.text);
  if (rules === 'integer' && isWhole(decimal)) return 'integer';
  if (rules !== 'double' && decimal.isIntegerToken) return 'integer';
  return fitsDouble(decimal, value.text) ? 'double' : 'numeric';
}

/** A key of a number type is a double, whatever places its schema fixes; longer numbers cannot be keys. */
export const typeOfKeyNumber = (value: number | ExactNumber, rules: TypeRules['numbers']) =>
  typeOfNumber(value, rules === 'numeric' ? 'double' : rules);

/** The value for an integer column, for a number that is whole; null beyond int64. */
export function integerOf(value: number | ExactNumber): Int64 | null {
  if (typeof value !== 'number') return toInt64(parseDecimal(value.text));
  // −0 has no sign in an integer column.
  if (Number.isSafeInteger(value)) return value + 0;
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? asInt64(BigInt(value)) : null;
}

/** The value for a double column, for a number that {@link typeOfNumber} calls a double. */
export const doubleOf = (value: number | ExactNumber): number =>
  typeof value === 'number' ? value : Number(value.text);

/** The value for a numeric column; null when it does not fit. */
export function numericOf(value: number | ExactNumber, range: NumericRange): string | null {
  const text = numberText(value);
  const decimal = parseDecimal(text);
  if (!fitsNumeric(decimal, range)) return null;
  // Zeros at the end keep the scale they came with, unless only they are too many.
  return text.length <= range.fractionDigits ? text : renderDecimal(decimal);
}

/** As JSON writes it. */
export const numberText = (value: number | ExactNumber): string =>
  typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : value.text;

/** The sequence of a message, or another int64 that is given as a parsed number; null when it is none. */
export function parseInt64(value: unknown): Int64 | null {
  if (typeof value === 'number') return integerOf(value);
  if (typeof value === 'bigint') return asInt64(value);
  if (!(value instanceof ExactNumber)) return null;
  const { text } = value;
  // Sequences in nanoseconds have 19 digits, in every message.
  if (text.length === 19 && text < '9223372036854775808' && nineteenDigits.test(text)) return BigInt(text);
  const decimal = parseDecimal(text);
  return isWhole(decimal) ? toInt64(decimal) : null;
}

const nineteenDigits = /^[1-9]\d{18}$/;
