import { ExactNumber } from '../../lib/exact-number.ts';

/** A number as JSON has it. */
export type Numeric = number | ExactNumber;

/** ±digits × 10^exponent; no zeros at either end of the digits, none at all for zero. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const textOf = (value: Numeric): string => (typeof value === 'number' ? String(value) : value.text);

function toDecimal(value: Numeric): Decimal {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(textOf(value)) ?? [];
  const all = whole + fraction;
  let from = 0;
  let to = all.length;
  while (from < to && all.charCodeAt(from) === zero) from++;
  while (to > from && all.charCodeAt(to - 1) === zero) to--;
  if (from === to) return { negative: false, digits: '', exponent: 0 };
  return {
    negative: sign === '-',
    digits: all.slice(from, to),
    exponent: Number(exponent) - fraction.length + (all.length - to),
  };
}
const zero = 0x30;

/** The same text for equal numbers, however they are written. */
export function canonicalNumber(value: Numeric): string {
  const { negative, digits, exponent } = toDecimal(value);
  return `${negative ? '-' : ''}${digits || '0'}e${exponent}`;
}

/** Below zero when `left` is less than `right`, zero when they are equal. Exact. */
export function compareNumbers(left: Numeric, right: Numeric): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [toDecimal(left), toDecimal(right)];
  const [signA, signB] = [signOf(a), signOf(b)];
  if (signA !== signB) return signA - signB;
  return signA * compareSizes(a, b);
}

const signOf = ({ negative, digits }: Decimal): number => (digits === '' ? 0 : negative ? -1 : 1);

function compareSizes(a: Decimal, b: Decimal): number {
  const byLength = a.digits.length + a.exponent - (b.digits.length + b.exponent);
  if (byLength !== 0) return byLength;
  // Both begin at the same power of ten: the texts compare as the numbers do.
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -1 : 1;
}

/** Whether a value is a whole number of steps, exactly: `multipleOf`. */
export function isMultipleOf(value: Numeric, step: Numeric): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step))
    return (value as number) % (step as number) === 0;
  const [{ digits, exponent }, divisor] = [toDecimal(value), toDecimal(step)];
  if (digits === '') return true;
  const shift = exponent - divisor.exponent;
  // Digits end in no zero, so they hold no factor of ten.
  if (shift < 0) return false;
  const modulus = BigInt(divisor.digits);
  if (modulus === 1n) return true;
  return (remainder(digits, modulus) * powerOfTen(shift, modulus)) % modulus === 0n;
}

/** Piece by piece: a number may have a million digits. */
function remainder(digits: string, modulus: bigint): bigint {
  let rest = 0n;
  for (let at = 0; at < digits.length; at += 100) {
    const piece = digits.slice(at, at + 100);
    rest = (rest * 10n ** BigInt(piece.length) + BigInt(piece)) % modulus;
  }
  return rest;
}

function powerOfTen(exponent: number, modulus: bigint): bigint {
  let [power, base, left] = [1n, 10n % modulus, exponent];
  for (; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = (power * base) % modulus;
    base = (base * base) % modulus;
  }
  return power;
}

/** True for an infinite number of steps or one that no JSON number has: exponents beyond what is counted exactly. */
export const isCountable = (value: Numeric): boolean =>
  Math.abs(toDecimal(value).exponent) <= Number.MAX_SAFE_INTEGER / 4 && textOf(value).length <= 1_000;

export const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'number' || value instanceof ExactNumber;
