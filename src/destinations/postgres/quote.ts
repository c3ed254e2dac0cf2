import { assert } from '../../errors/bug.ts';

/**
 * The only way a name or a value becomes part of an SQL text for PostgreSQL. Names with NUL do not exist there, and
 * must have been turned away before.
 */

/** `orders` → `"orders"`; any character but NUL is fine. */
export function quoteIdentifier(name: string): string {
  assert(name !== '' && !name.includes('\0'), 'not a name PostgreSQL can have');
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."table"`. */
export const quoteQualified = (...names: readonly string[]): string => names.map(quoteIdentifier).join('.');

/** A string literal that means the same whatever standard_conforming_strings says. */
export function quoteLiteral(value: string): string {
  assert(!value.includes('\0'), 'not a text PostgreSQL can hold');
  const escaped = value.replaceAll("'", "''");
  return escaped.includes('\\') ? `E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`;
}
