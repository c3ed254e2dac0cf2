import { postgresDialect } from '../../src/destinations/postgres/dialect.ts';
import { parseDateTime } from '../../src/shape/date-time.ts';
import type { Dialect } from '../../src/shape/shape.ts';

/** The rules of PostgreSQL: the real ones, so that what is tested is what loads. */
export const postgresRules: Dialect = postgresDialect;

/** A destination with native nesting, other suffixes and VARCHAR keys. */
export const mysqlRules: Dialect = {
  title: 'MySQL',
  names: { characters: 'word', case: 'lower', unit: 'characters', table: 60, column: 64, longest: 64 },
  suffixes: { ...postgresRules.suffixes, double: 'fl', timestamp: 'dt' },
  split: 'rename',
  nesting: 'json',
  typing: 'typed',
  upsert: true,
  maxColumns: 1017,
  numerics: { integerDigits: 35, fractionDigits: 30 },
  timestamps: {
    min: parseDateTime('1000-01-01T00:00:00Z')!,
    max: parseDateTime('9999-12-31T23:59:59.999999Z')!,
  },
  nulInText: true,
  keys: { textCharacters: 255, bytes: null },
};

/** A destination without types or limits that only appends: CSV files. */
export const csvRules: Dialect = {
  ...postgresRules,
  title: 'Amazon S3',
  names: { characters: 'any', case: 'keep', unit: 'characters', table: 1000, column: 1000, longest: 1020 },
  typing: 'text',
  upsert: false,
  maxColumns: null,
  nulInText: true,
  keys: { textCharacters: null, bytes: null },
};
