import type { Int64, NumericRange } from './shape.ts';

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);
const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** A JSON number taken apart: its value is ±digits × 10^exponent. */
export interface Decimal {
  readonly negative: boolean;
  /** Without zeros at either end; empty for zero. */
  readonly digits: string;
  readonly exponent: number;
  /** Written with neither fraction nor exponent. */
  readonly isIntegerToken: boolean;
}

/** @param text a number as JSON writes it. */
export function parseDecimal(text: string): Decimal {
  const [, sign, whole = '', fraction = '', exponent = ''] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = whole + fraction;
  let from = 0;
  let to = all.length;
  while (from < to && all.charCodeAt(from) === zero) from += 1;
  while (to > from && all.charCodeAt(to - 1) === zero) to -= 1;
  return {
    negative: sign === '-',
    digits: all.slice(from, to),
    exponent: Number(exponent) - fraction.length + (all.length - to),
    isIntegerToken: fraction === '' && exponent === '',
  };
}
const zero = 48;

/** True for a whole number, however it is written: `3`, `3.0`, `1e2`. */
export const isWhole = ({ digits, exponent }: Decimal): boolean => digits === '' || exponent >= 0;

/** The whole number, or null beyond int64. */
export function toInt64({ negative, digits, exponent }: Decimal): Int64 | null {
  if (digits === '') return 0;
  if (digits.length + exponent > 19) return null;
  const value = BigInt(`${negative ? '-' : ''}${digits}${'0'.repeat(exponent)}`);
  return value < int64.min || value > int64.max ? null : asInt64(value);
}

/** A bigint in the form that rows use. */
export const asInt64 = (value: bigint): Int64 =>
  value >= -maxSafe && value <= maxSafe ? Number(value) : value;

/**
 * True when a double keeps this number: at most 17 significant digits, neither infinite nor rounded to zero. Integers
 * beyond 2^53 do not count; other numbers of that size only when a double gives back their digits (`1e300`).
 */
export function fitsDouble({ digits, isIntegerToken }: Decimal, text: string): boolean {
  if (digits === '') return true;
  if (digits.length > 17) return false;
  const value = Number(text);
  const size = Math.abs(value);
  if (size >= smallestNormal && size < 2 ** 53) return true;
  if (isIntegerToken && size > 2 ** 53) return false;
  return Number.isFinite(value) && parseDecimal(String(value)).digits === digits;
}

/** Below it a double has fewer digits. */
const smallestNormal = 2.2250738585072014e-308;

/** True when the destination's numeric type holds every digit. */
export function fitsNumeric({ digits, exponent }: Decimal, range: NumericRange): boolean {
  return (
    digits === '' || (digits.length + exponent <= range.integerDigits && -exponent <= range.fractionDigits)
  );
}

/** The same value in few characters, whatever zeros it was written with: `12e-1`. */
export const renderDecimal = ({ negative, digits, exponent }: Decimal): string =>
  `${negative ? '-' : ''}${digits === '' ? '0' : `${digits}e${exponent}`}`;

/** True for 0.01, 1, 1000, 1e-38: what JSON Schema says of numbers with a fixed number of decimal places. */
export const isPowerOfTen = (text: string): boolean => {
  const { negative, digits } = parseDecimal(text);
  return !negative && digits === '1';
};
