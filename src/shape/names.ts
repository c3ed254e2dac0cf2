import { type Reason, reasons } from './reject.ts';
import type { Dialect, NameRules } from './shape.ts';

/** Endings that a split gives a column, of every destination: no field may end in one anywhere. */
const typeSuffixes = ['bi', 'bo', 'de', 'do', 'fl', 'it', 'st', 'ti', 'dt', 'js'];
const reservedPrefixes = ['_sdc_source_key_', '_sdc_level_', '_rjm', '_backstitch'];
const systemColumns = [
  '_sdc_extracted_at',
  '_sdc_received_at',
  '_sdc_batched_at',
  '_sdc_sequence',
  '_sdc_table_version',
  '__sdc_primary_key',
  '_sdc_deleted_at',
];
const reservedTables = /^(_sdc_rejected$|_rjm|_backstitch)/;

const reservedSuffix = new RegExp(`__(${typeSuffixes.join('|')})$`);

/** Between the parts of a flattened name, and before a suffix. */
export const joint = '__';

/** The name as the destination gets it; may be empty. Tables are cleaned like columns, flattened names as a whole. */
export function cleanName(name: string, rules: NameRules): string {
  const cleaned = cleanCharacters(name, rules.characters);
  return rules.case === 'lower' ? cleaned.toLowerCase() : cleaned;
}

function cleanCharacters(name: string, characters: NameRules['characters']): string {
  switch (characters) {
    case 'letters':
      return name.replace(/[^\p{L}0-9_ ]/gu, '').replace(/^[^\p{L}_]+/u, '');
    case 'word':
      return name.trim().replace(/[^\p{L}0-9_$]|[\u{10000}-\u{10ffff}]/gu, '_');
    case 'any':
      return name;
  }
}

/** In the unit of the rules' limits. */
export function nameLength(name: string, unit: NameRules['unit']): number {
  return unit === 'bytes' ? Buffer.byteLength(name) : [...name].length;
}

/** Why a cleaned name cannot be a column, or null. `written` is the name as the sender wrote it. */
export function columnNameProblem(name: string, written: string, dialect: Dialect): Reason | null {
  const { names, title } = dialect;
  if (name === '') return reasons.columnNameEmpty(written);
  if (systemColumns.includes(name) || reservedPrefixes.some((prefix) => name.startsWith(prefix)))
    return reasons.reservedName(name);
  if (reservedSuffix.test(name)) return reasons.reservedSuffix(name);
  if (nameLength(name, names.unit) > names.column) return reasons.columnNameTooLong(title, name);
  return null;
}

/** Why a cleaned name cannot be a table, or null. `written` is the name as the sender wrote it. */
export function tableNameProblem(name: string, written: string, dialect: Dialect): Reason | null {
  const { names, title } = dialect;
  if (name === '') return reasons.tableNameEmpty(written);
  if (reservedTables.test(name)) return reasons.reservedTableName(name);
  if (nameLength(name, names.unit) > names.table) return reasons.tableNameTooLong(title, name);
  return null;
}

/** True when the destination would cut this name of a column. */
export const isTooLong = (name: string, rules: NameRules): boolean =>
  nameLength(name, rules.unit) > rules.longest;

/** Column of a subtable that holds a key column of its top-level record. */
export const sourceKeyName = (key: string): string => `_sdc_source_key_${key}`;
/** Column of a subtable that says which element of the array at this depth the row comes from. */
export const levelName = (depth: number): string => `_sdc_level_${depth}_id`;
