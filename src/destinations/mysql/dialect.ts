import type { Dialect } from '../../shape/shape.ts';

/** What MySQL 8 and MariaDB 10.6 do with names, types and keys. */
export const mysqlDialect: Dialect = {
  title: 'MySQL',
  // The server takes 64 characters; tables keep four free as the original does.
  names: { characters: 'word', case: 'lower', unit: 'characters', table: 60, column: 64, longest: 64 },
  suffixes: {
    boolean: 'bo',
    int32: 'it',
    integer: 'bi',
    double: 'fl',
    numeric: 'de',
    timestamp: 'dt',
    text: 'st',
    json: 'js',
  },
  split: 'rename',
  nesting: 'json',
  typing: 'typed',
  upsert: true,
  maxColumns: 1017,
  // DECIMAL(65, 30): the most digits there are, and the most of them after the point.
  numerics: { integerDigits: 35, fractionDigits: 30 },
  // What DATETIME promises: years 1000 to 9999.
  timestamps: { min: -30_610_224_000_000_000n, max: 253_402_300_799_999_999n },
  nulInText: true,
  keys: { textCharacters: 255, bytes: null },
};
