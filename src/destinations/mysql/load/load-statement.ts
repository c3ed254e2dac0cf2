import { quoteIdentifier } from '../quote.ts';

/** The statement that reads rows from us: a line each, tabs between values, `\N` for null, a backslash before others. */
export const loadStatement = (table: string, columns: readonly string[]): string =>
  `load data local infile 'backstitch' into table ${table} character set utf8mb4
   fields terminated by x'09' escaped by x'5c' lines terminated by x'0a' (${columns.map(quoteIdentifier).join(', ')})`;
