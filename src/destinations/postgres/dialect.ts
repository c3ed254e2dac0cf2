import type { Dialect } from '../../shape/shape.ts';
import type { PostgresSettings } from './settings.ts';

/** What PostgreSQL does with names, types and keys; measured on versions 9.6 to 18. */
export const postgresDialect: Dialect = {
  title: 'PostgreSQL',
  // The server cuts names after 63 bytes with only a notice; four are kept free for the suffix of a split.
  names: { characters: 'letters', case: 'keep', unit: 'bytes', table: 63, column: 59, longest: 63 },
  suffixes: {
    boolean: 'bo',
    int32: 'it',
    integer: 'bi',
    double: 'do',
    numeric: 'de',
    timestamp: 'ti',
    text: 'st',
    json: 'js',
  },
  split: 'rename',
  nesting: 'subtables',
  typing: 'typed',
  upsert: true,
  maxColumns: 1600,
  numerics: { integerDigits: 131_072, fractionDigits: 16_383 },
  // From 4713-01-01 BC to the end of 294276.
  timestamps: { min: -210_863_520_000_000_000n, max: 9_224_318_015_999_999_999n },
  nulInText: false,
  // An entry of an index has at most 2,704 bytes; a subtable's has level ids beside the keys.
  keys: { textCharacters: null, bytes: 2_400 },
};

/** As this destination is set. */
export const dialectFor = ({ splitKeepsOriginal }: Pick<PostgresSettings, 'splitKeepsOriginal'>): Dialect =>
  splitKeepsOriginal ? { ...postgresDialect, split: 'keep-original' } : postgresDialect;
