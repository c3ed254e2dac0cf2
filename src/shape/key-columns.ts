import { isInstant } from '../lib/instant.ts';
import { type Converted, type Converter, convertString, isInt32, isNumber, isRefused } from './convert.ts';
import type { Journal } from './journal.ts';
import { cleanName, columnNameProblem } from './names.ts';
import { type OpenTable, setValue } from './open-table.ts';
import { type Reason, reasons } from './reject.ts';
import { type ColumnType, type Dialect, pathText, type Row, type TypeRules } from './shape.ts';
import { typeOfKeyNumber } from './value-types.ts';

/** A key of a table. Its column never splits: all its values have one type. */
export interface KeyColumn {
  /** As the sender names it. */
  readonly key: string;
  /** Cleaned. */
  readonly name: string;
  /** Of the column as it stands, else of the first record that is accepted; null until then. */
  type: ColumnType | null;
  /** In rows of the top level; −1 until the first record is accepted. */
  position: number;
}

/** The keys of a table, or why no record of it can be loaded. */
export function openKeys(
  keyNames: readonly string[],
  table: OpenTable,
  dialect: Dialect,
): readonly KeyColumn[] | Reason {
  const keys: KeyColumn[] = [];
  for (const key of new Set(keyNames)) {
    const name = cleanName(key, dialect.names);
    const problem = columnNameProblem(name, key, dialect) ?? table.draft.own(name, pathText([key]));
    if (problem) return problem;
    const standing = table.draft.find(name);
    if (standing?.type === null) return reasons.keyColumnType(name);
    keys.push({ key, name, type: standing?.type ?? null, position: -1 });
  }
  return keys;
}

const words: Readonly<Record<ColumnType, string>> = {
  boolean: 'a boolean',
  int32: 'an integer',
  integer: 'an integer',
  double: 'a number of at most 17 digits',
  numeric: 'a number of more than 17 digits',
  timestamp: 'a date-time',
  text: 'a string',
  json: 'an object or an array',
};

/** Puts a value of a key into the row of its record. Returns why it cannot be the key, or null. */
export function createKeySetter(options: {
  readonly table: OpenTable;
  readonly dialect: Dialect;
  readonly converter: Converter;
  readonly journal: Journal;
}): (key: KeyColumn, value: unknown, rules: TypeRules, row: Row) => Reason | null {
  const { table, dialect, converter, journal } = options;

  function typed(
    key: KeyColumn,
    value: unknown,
    rules: TypeRules,
  ): { type: ColumnType; value: Converted } | Reason {
    if (dialect.typing === 'text' && (isNumber(value) || typeof value === 'boolean'))
      return {
        type: 'text',
        value: isNumber(value) ? converter.number(value, 'text', key.name) : String(value),
      };
    if (typeof value === 'string')
      return convertString(value, dialect.typing === 'text' ? 'text' : rules.strings, key.name, converter);
    if (isInstant(value))
      return convertString(value.text, dialect.typing === 'text' ? 'text' : 'date-time', key.name, converter);
    if (typeof value === 'boolean') return { type: 'boolean', value };
    if (!isNumber(value)) return reasons.keyNotScalar(key.key);
    const type = typeOfKeyNumber(value, rules.numbers);
    const isAdopted = key.type === 'numeric' && type === 'double';
    return { type, value: converter.number(value, isAdopted ? 'numeric' : type, key.name) };
  }

  /** True when values of this type go into the key's column, which then has a type. */
  function agrees(key: KeyColumn, type: ColumnType): boolean {
    if (key.type === null) return type !== 'numeric';
    return (
      key.type === type ||
      (key.type === 'int32' && type === 'integer') ||
      (key.type === 'numeric' && type === 'double')
    );
  }

  return (key, value, rules, row) => {
    const found = typed(key, value, rules);
    if ('code' in found) return found;
    if (!agrees(key, found.type))
      return reasons.keyType(key.key, words[found.type], words[key.type ?? 'double']);
    if (isRefused(found.value)) return found.value;
    if (key.type === 'int32' && !isInt32(found.value))
      return reasons.integerOutOfRange(dialect.title, key.name, String(found.value));
    if (key.position < 0) {
      const type = key.type ?? found.type;
      const position = table.keyPositionOf(key.name, pathText([key.key]), type);
      if (typeof position !== 'number') return position;
      const before = { type: key.type, position: key.position };
      journal.note(() => Object.assign(key, before));
      Object.assign(key, { type, position });
    }
    setValue(row, key.position, found.value);
    return null;
  };
}

/** Why the key of this row cannot be indexed, or null. */
export function keyLengthProblem(keys: readonly KeyColumn[], row: Row, dialect: Dialect): Reason | null {
  const { textCharacters, bytes } = dialect.keys;
  let total = 0;
  for (const { key, position } of keys) {
    const value = row[position];
    if (typeof value !== 'string') {
      total += 8;
      continue;
    }
    if (textCharacters !== null && value.length > textCharacters && [...value].length > textCharacters)
      return reasons.keyTooLong(dialect.title, key, `${textCharacters} characters`);
    if (bytes === null) continue;
    // One UTF-16 unit is at most three bytes: short texts need no counting.
    total += value.length * 3 <= bytes / 4 ? value.length * 3 : Buffer.byteLength(value);
    if (total > bytes && exactBytes(keys, row) > bytes)
      return reasons.keyTooLong(dialect.title, key, `${bytes} bytes`);
  }
  return null;
}

const exactBytes = (keys: readonly KeyColumn[], row: Row): number =>
  keys.reduce((sum, { position }) => {
    const value = row[position];
    return sum + (typeof value === 'string' ? Buffer.byteLength(value) : 8);
  }, 0);
