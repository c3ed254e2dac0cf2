import type { ExactJson } from '../../lib/exact-json.ts';
import { ExactNumber } from '../../lib/exact-number.ts';

/** Bits, so that a list of types is checked as fast as one. */
const bits: Readonly<Record<string, number>> = {
  null: 1,
  boolean: 2,
  integer: 4,
  number: 8,
  string: 16,
  array: 32,
  object: 64,
};

/** The bit of a type's name; null for a name that is no type. */
export const typeBit = (name: string): number | null => (Object.hasOwn(bits, name) ? bits[name]! : null);

/** The bits of the types that a value has. `3.0` is no integer, as in draft 4: it is a double in the tables too. */
export function typeBits(value: ExactJson): number {
  switch (typeof value) {
    case 'string':
      return 16;
    case 'number':
      return Number.isInteger(value) ? 12 : 8;
    case 'boolean':
      return 2;
    default:
      if (value === null) return 1;
      if (value instanceof ExactNumber) return isIntegerToken(value.text) ? 12 : 8;
      return Array.isArray(value) ? 32 : 64;
  }
}

/** Numbers that a double would change; whether they are integers is in how they are written. */
const isIntegerToken = (text: string): boolean => /^-?\d+$/.test(text);

/** True for a number without fraction and exponent. */
export const isIntegerValue = (value: ExactJson): value is number | ExactNumber =>
  (typeBits(value) & 4) !== 0;

/** Names of types as the original's validator (on Java) prints them. */
const javaNames: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'Boolean',
  integer: 'Integer',
  number: 'Number',
  string: 'String',
  array: 'JSONArray',
  object: 'JSONObject',
};
export const javaName = (type: string): string => javaNames[type]!;

/** The class that the original's parser makes of a value. */
export function javaNameOf(value: ExactJson): string {
  const kind = typeBits(value);
  if (kind === 12) {
    const integer = value instanceof ExactNumber ? BigInt(value.text.slice(0, 30)) : BigInt(value as number);
    if (BigInt.asIntN(32, integer) === integer) return 'Integer';
    return BigInt.asIntN(64, integer) === integer ? 'Long' : 'BigInteger';
  }
  if (kind === 8) return 'Double';
  return javaNames[Object.keys(bits).find((name) => bits[name] === kind)!]!;
}
