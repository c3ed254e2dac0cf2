import { type ExactJson, type ExactJsonObject, isExactObject } from '../../lib/exact-json.ts';
import { ExactNumber } from '../../lib/exact-number.ts';
import { type Check, pointerPart } from './check.ts';
import { isNumeric, type Numeric } from './decimal.ts';
import { javaName, javaNameOf } from './types.ts';

/** A schema that cannot be used; the message is what follows `Invalid JSON schema: `. */
export class InvalidSchema extends Error {
  override readonly name = 'InvalidSchema';
}

/** The schema around a keyword, while it is compiled. */
export interface Place {
  readonly schema: ExactJsonObject;
  /** Where it stands in the whole schema: `#/properties/id`. */
  readonly pointer: string;
  /** Compiles a schema that stands below this one, at this path. */
  compile(schema: ExactJson, ...path: readonly (string | number)[]): Check;
}

/** Compiles one keyword; null when it asks for nothing. Keywords that no table has are ignored. */
export type Keyword = (value: ExactJson, place: Place) => Check | null;
export type Keywords = Readonly<Record<string, Keyword>>;

export const below = (pointer: string, ...path: readonly (string | number)[]): string =>
  [pointer, ...path.map((part) => pointerPart(String(part)))].join('/');

/** @throws {InvalidSchema} */
export function wrongType(pointer: string, types: readonly string[], found: ExactJson): never {
  throw new InvalidSchema(
    `${pointer}: expected type: ${types.map(javaName).join(' or ')}, found: ${javaNameOf(found)}`,
  );
}

export function numberOf(value: ExactJson, place: Place, keyword: string): Numeric {
  return isNumeric(value) ? value : wrongType(below(place.pointer, keyword), ['number'], value);
}

/** A count may be written `2.0`. */
export function countOf(value: ExactJson, place: Place, keyword: string): number {
  const count = value instanceof ExactNumber ? Number(value.text) : value;
  if (typeof count !== 'number') return wrongType(below(place.pointer, keyword), ['integer'], value);
  if (!(count >= 0) || (Number.isFinite(count) && !Number.isInteger(count)))
    throw new InvalidSchema(`${below(place.pointer, keyword)}: expected a whole number from 0 on`);
  return count;
}

export function listOf(value: ExactJson, place: Place, keyword: string): readonly ExactJson[] {
  return Array.isArray(value) ? value : wrongType(below(place.pointer, keyword), ['array'], value);
}

export function objectOf(value: ExactJson, place: Place, keyword: string): ExactJsonObject {
  return isExactObject(value) ? value : wrongType(below(place.pointer, keyword), ['object'], value);
}

export function namesOf(value: ExactJson, place: Place, ...path: readonly string[]): readonly string[] {
  const names = listOf(value, place, path.join('/'));
  return names.map((name, at) =>
    typeof name === 'string' ? name : wrongType(below(place.pointer, ...path, at), ['string'], name),
  );
}
