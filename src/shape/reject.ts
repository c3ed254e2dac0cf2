/** Why a record, or one value of it, cannot stand in the destination. Data, never thrown. */
export interface Reason {
  readonly code: ReasonCode;
  /** Contains no NUL and is well-formed, whatever the names and values in it. */
  readonly text: string;
}

export type ReasonCode = keyof typeof reasons;

/**
 * Every reason, with its exact words. Where the public documentation of Stitch shows a text
 * (stitchdata/docs `_data/destinations/common/loading-errors.yml`), it stands here letter by letter, with the value after
 * the field it names; the others are ours. `title` is the destination's.
 */
export const reasons = {
  integerOutOfRange: (title: string, field: string, value: string) =>
    reason(
      'integerOutOfRange',
      `integer out of range for ${title} on ${printable(field)}: ${printable(value)}`,
    ),
  decimalOutOfRange: (title: string, field: string, value: string) =>
    reason(
      'decimalOutOfRange',
      `decimal out of range for ${title} on ${printable(field)}: ${printable(value)}`,
    ),
  timestampOutOfRange: (title: string, field: string, value: string) =>
    reason(
      'timestampOutOfRange',
      `timestamp out of range for ${title} on ${printable(field)}: ${printable(value)}`,
    ),
  unparsableTimestamp: (field: string, value: string) =>
    reason('unparsableTimestamp', `timestamp cannot be parsed on ${printable(field)}: ${printable(value)}`),
  nulInText: (title: string, field: string) =>
    reason(
      'nulInText',
      `text with a NUL character (U+0000) cannot be stored in ${title} on ${printable(field)}`,
    ),
  loneSurrogate: (field: string) =>
    reason('loneSurrogate', `text with half of a surrogate pair is not valid Unicode on ${printable(field)}`),
  recordTooLarge: (bytes: number) =>
    reason('recordTooLarge', `record of ${bytes} bytes is larger than the limit of ${maxRecordBytes} bytes`),

  tableNameTooLong: (title: string, table: string) =>
    reason('tableNameTooLong', `Table name ${printable(table)} is too long for ${title}`),
  columnNameTooLong: (title: string, column: string) =>
    reason('columnNameTooLong', `Column name ${printable(column)} is too long for ${title}`),
  keyNameTooLong: (title: string, column: string, table: string) =>
    reason(
      'keyNameTooLong',
      `Column name ${printable(column)} is too long for ${title} in subtable ${printable(table)}`,
    ),
  tableNameEmpty: (table: string) =>
    reason(
      'tableNameEmpty',
      `Table name ${JSON.stringify(printable(table))} has no characters that can be used`,
    ),
  columnNameEmpty: (column: string) =>
    reason(
      'columnNameEmpty',
      `Column name ${JSON.stringify(printable(column))} has no characters that can be used`,
    ),
  reservedTableName: (table: string) =>
    reason('reservedTableName', `Table name ${printable(table)} is reserved for system tables`),
  reservedName: (column: string) =>
    reason('reservedName', `Column name ${printable(column)} is reserved for system columns`),
  reservedSuffix: (column: string) =>
    reason(
      'reservedSuffix',
      `column names from client should not include reserved datatype suffix on ${printable(column)}`,
    ),
  fieldCollision: (column: string) => reason('fieldCollision', `Field collision on ${printable(column)}`),
  tableCollision: (table: string) => reason('tableCollision', `Table collision on ${printable(table)}`),
  foreignTable: (table: string) =>
    reason(
      'foreignTable',
      `Table ${printable(table)} stands in the destination and was not made by this server: it is never written to`,
    ),
  tooManyColumns: (table: string, limit: number) =>
    reason('tooManyColumns', `ERROR: too many columns: table ${printable(table)} can have ${limit}`),

  keyMissing: (key: string) => reason('keyMissing', `Record is missing key property ${printable(key)}`),
  keyType: (key: string, has: string, wanted: string) =>
    reason('keyType', `Key property ${printable(key)} is ${has} in this record, and ${wanted} in the table`),
  keyColumnType: (key: string) =>
    reason(
      'keyColumnType',
      `Key column ${printable(key)} has a type in the destination that this server never writes to`,
    ),
  keyNotScalar: (key: string) =>
    reason('keyNotScalar', `Key property ${printable(key)} is an object or an array in this record`),
  keyTooLong: (title: string, key: string, limit: string) =>
    reason('keyTooLong', `Key property ${printable(key)} is longer than the ${limit} ${title} can index`),
} as const;

/** Bytes of a record as JSON. */
export const maxRecordBytes = 4_000_000;

function reason<const Code extends string>(
  code: Code,
  text: string,
): { readonly code: Code; readonly text: string } {
  return { code, text };
}

/** Names and values come from outside: no control characters, no half surrogates, and not longer than a line or two. */
function printable(text: string): string {
  const start = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return start.toWellFormed().replace(/\p{Cc}/gu, '\uFFFD');
}
