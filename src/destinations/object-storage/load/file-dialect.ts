import type { Dialect } from '../../../shape/shape.ts';
import { type TableCapabilities, tablesOf } from '../../capabilities.ts';

const none = Number.MAX_SAFE_INTEGER;
const textOnly = 'st';

/** What files can hold: any name, any text, every digit. There is nothing to alter, so nothing is limited. */
export const fileDialect: Dialect = {
  title: 'files',
  names: { characters: 'any', case: 'keep', unit: 'bytes', table: none, column: none, longest: none },
  suffixes: {
    boolean: textOnly,
    int32: textOnly,
    integer: textOnly,
    double: textOnly,
    numeric: textOnly,
    timestamp: textOnly,
    text: textOnly,
    json: textOnly,
  },
  split: 'keep-original',
  nesting: 'subtables',
  typing: 'text',
  upsert: false,
  maxColumns: null,
  numerics: { integerDigits: none, fractionDigits: none },
  // Years 0 to 9999: only times of our own columns are read as such.
  timestamps: { min: -62_167_219_200_000_000n, max: 253_402_300_799_999_999n },
  nulInText: true,
  keys: { textCharacters: null, bytes: null },
};

const kept = { ddl: 'none', lowerVersions: 'kept', recall: false } as const;

/** How each format of files keeps tables. */
export const fileTables: readonly TableCapabilities[] = [
  tablesOf(fileDialect, { ...kept, format: 'csv' }),
  { ...tablesOf(fileDialect, { ...kept, format: 'jsonl' }), nesting: 'native', columns: 'none' },
];
