import { ExactNumber } from '../lib/exact-number.ts';
import { isInstant } from '../lib/instant.ts';
import { type Converted, type Converter, isInt32, isNumber, isRefused } from './convert.ts';
import {
  createField,
  createGroup,
  type ElementFields,
  type Field,
  type FieldGroup,
  fieldOf,
} from './field.ts';
import type { Journal } from './journal.ts';
import { renderJson } from './json-text.ts';
import { type OpenTable, setValue } from './open-table.ts';
import { type Reason, reasons } from './reject.ts';
import type { ColumnType, Dialect, Row } from './shape.ts';
import { at, subtableColumns } from './system-columns.ts';
import { typeOfNumber } from './value-types.ts';

/** A row of a subtable whose record is not accepted yet. */
export interface PendingRow {
  readonly table: OpenTable;
  readonly row: Row;
}

/** What became of one record besides the row that was passed in; emptied by the caller before the next. */
export interface Flattened {
  readonly pending: PendingRow[];
  /** Why values were left out of the rows. */
  readonly leftOut: Reason[];
}

/** Opens the subtable for an array; or says why its rows are left out, or why the record is rejected. */
export type OpenSubtable = (
  parent: OpenTable,
  path: readonly string[],
) => OpenTable | { readonly leftOut: Reason } | { readonly rejected: Reason };

/** Position of the first `_sdc_level_…_id` in a row of a subtable. */
const firstLevel = 1 + subtableColumns.length;

/** Name of the column for elements that are no objects. */
const elementKey = '_sdc_value';

/**
 * Puts the values of objects into rows: objects are flattened to any depth, arrays become rows of subtables, or both
 * are kept as JSON where the destination nests. Returns why the record is rejected, or null.
 */
export function createFlattener(options: {
  readonly dialect: Dialect;
  readonly converter: Converter;
  readonly journal: Journal;
  readonly flattened: Flattened;
  readonly openSubtable: OpenSubtable;
}): (group: FieldGroup, object: object, row: Row) => Reason | null {
  const { dialect, converter, journal, openSubtable } = options;
  const { pending, leftOut } = options.flattened;
  const isTyped = dialect.typing === 'typed';
  const keepsNesting = dialect.nesting === 'json';
  /** Indexes in the arrays around the place at hand, outermost first. */
  const levels: number[] = [];

  function put(field: Field, table: OpenTable, type: ColumnType, value: Converted, row: Row): Reason | null {
    if (isRefused(value)) return value;
    const position = field.positions[type];
    if (position < 0) return putFirst(field, table, type, value, row);
    if (position < row.length) row[position] = value;
    else setValue(row, position, value);
    return null;
  }

  function putFirst(
    field: Field,
    table: OpenTable,
    type: ColumnType,
    value: Exclude<Converted, Reason>,
    row: Row,
  ): Reason | null {
    const position = table.positionOf(field.name, field.source, type);
    if (typeof position !== 'number') {
      if (position.code !== 'columnNameTooLong') return position;
      leftOut.push(position);
      return null;
    }
    field.positions[type] = position;
    journal.note(() => {
      field.positions[type] = -1;
    });
    setValue(row, position, value);
    return null;
  }

  function value(field: Field, table: OpenTable, given: unknown, row: Row): Reason | null {
    if (typeof given === 'object' && given !== null && !(given instanceof ExactNumber)) {
      if (isInstant(given)) return instant(field, table, given.text, row);
      if (!keepsNesting)
        return Array.isArray(given) ? array(field, table, given) : object(field, table, given, row);
      return json(field, table, given, row);
    }
    if (field.problem !== null) {
      if (given !== null && given !== undefined) leftOut.push(field.problem);
      return null;
    }
    switch (typeof given) {
      case 'string':
        return string(field, table, given, row);
      case 'boolean':
        return isTyped
          ? put(field, table, 'boolean', given, row)
          : put(field, table, 'text', String(given), row);
      default:
        return isNumber(given) ? number(field, table, given, row) : null;
    }
  }

  function string(field: Field, table: OpenTable, text: string, row: Row): Reason | null {
    const { strings } = field;
    if (strings !== 'text') {
      const micros = converter.timestamp(text, field.name);
      if (micros !== null) return put(field, table, 'timestamp', micros, row);
      if (strings === 'date-time') return reasons.unparsableTimestamp(field.name, text);
    }
    return put(field, table, 'text', converter.text(text, field.name), row);
  }

  /** A point in time that the sender marked as one, whatever a schema says. */
  function instant(field: Field, table: OpenTable, text: string, row: Row): Reason | null {
    if (field.problem !== null) {
      leftOut.push(field.problem);
      return null;
    }
    if (!isTyped) return put(field, table, 'text', converter.text(text, field.name), row);
    const micros = converter.timestamp(text, field.name);
    return micros === null
      ? reasons.unparsableTimestamp(field.name, text)
      : put(field, table, 'timestamp', micros, row);
  }

  function number(field: Field, table: OpenTable, given: number | ExactNumber, row: Row): Reason | null {
    const own = isTyped ? typeOfNumber(given, field.numbers) : 'text';
    const type = own === 'double' && field.wide ? 'numeric' : own;
    const converted = converter.number(given, type, field.name);
    if (field.narrow && type === 'integer' && isInt32(converted))
      return put(field, table, 'int32', converted, row);
    return put(field, table, type, converted, row);
  }

  function json(field: Field, table: OpenTable, given: object, row: Row): Reason | null {
    if (field.problem !== null) {
      leftOut.push(field.problem);
      return null;
    }
    const text = renderJson(given);
    if (text === null) return reasons.loneSurrogate(field.name);
    return put(field, table, isTyped ? 'json' : 'text', text, row);
  }

  function object(field: Field, table: OpenTable, given: object, row: Row): Reason | null {
    field.object ??= createGroup(table, field.path, field.place);
    return members(field.object, given, row);
  }

  function members(group: FieldGroup, given: object, row: Row): Reason | null {
    const values = given as Readonly<Record<string, unknown>>;
    let index = 0;
    for (const key in values) {
      const expected = group.order[index];
      const found =
        expected !== undefined && expected.key === key ? expected : fieldOf(group, key, index, dialect);
      index += 1;
      const refusal =
        found.take === null ? value(found, group.table, values[key], row) : found.take(values[key], row);
      if (refusal !== null) return refusal;
    }
    return null;
  }

  function array(field: Field, table: OpenTable, elements: readonly unknown[]): Reason | null {
    for (let index = 0; index < elements.length; index += 1) {
      const element = elements[index];
      if (isEmptyObject(element)) continue;
      const target = field.array ?? openElements(field, table);
      if ('rejected' in target) return target.rejected;
      if ('leftOut' in target) {
        leftOut.push(target.leftOut);
        return null;
      }
      const row = target.table.newRow();
      pending.push({ table: target.table, row });
      levels.push(index);
      for (let level = 0; level < levels.length; level += 1) row[firstLevel + level] = levels[level];
      const refusal = oneElement(field, target, element, index, row);
      levels.pop();
      if (refusal !== null) return refusal;
    }
    return null;
  }

  function openElements(field: Field, table: OpenTable) {
    const opened = openSubtable(table, field.path);
    if ('rejected' in opened || 'leftOut' in opened) return opened;
    const elements: ElementFields = { table: opened, groups: [], values: [] };
    field.array = elements;
    journal.note(() => {
      field.array = null;
    });
    return elements;
  }

  function oneElement(
    field: Field,
    { table, groups, values }: ElementFields,
    element: unknown,
    index: number,
    row: Row,
  ): Reason | null {
    const shared = Math.min(index, field.place.tuple);
    if (typeof element === 'object' && element !== null && !Array.isArray(element) && !isNumber(element)) {
      groups[shared] ??= createGroup(table, [], field.place.element(index));
      return members(groups[shared], element, row);
    }
    values[shared] ??= createField(table, [elementKey], field.place.element(index), dialect);
    return value(values[shared], table, element, row);
  }

  return members;
}

/** True for `{}`, also where it is the element of an array: it makes no row. */
function isEmptyObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof ExactNumber)
    return false;
  for (const _ in value) return false;
  return true;
}

/** Fills what every row of a record has in common. */
export function fillRow(row: Row, from: Row): void {
  row[at.ordinal] = from[at.ordinal];
  row[at.sequence] = from[at.sequence];
  row[at.tableVersion] = from[at.tableVersion];
  row[at.receivedAt] = from[at.receivedAt];
  row[at.batchedAt] = from[at.batchedAt];
}
