import { assert } from '../../errors/bug.ts';

/**
 * The only way a name or a value becomes part of an SQL text for MySQL. It means the same whatever sql_mode says:
 * backslashes and double quotes never stand in a text.
 */

/** `orders` → `` `orders` ``. Names with NUL do not exist there, and must have been turned away before. */
export function quoteIdentifier(name: string): string {
  assert(name !== '' && !name.includes('\0'), 'not a name MySQL can have');
  return `\`${name.replaceAll('`', '``')}\``;
}

/** `` `schema`.`table` ``. */
export const quoteQualified = (...names: readonly string[]): string => names.map(quoteIdentifier).join('.');

/** Characters that mean themselves in every mode. */
const plain = /^[\w .:+%-]*$/;

/** A string literal; everything that is not plain is written as bytes. */
export const quoteLiteral = (value: string): string =>
  plain.test(value) ? `'${value}'` : `_utf8mb4 x'${Buffer.from(value).toString('hex')}'`;
