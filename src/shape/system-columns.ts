import { levelName, sourceKeyName } from './names.ts';
import type { ColumnType } from './shape.ts';

/** A column that we fill, whatever the record holds. */
export interface SystemColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Of the top level, in this order; `__sdc_primary_key` follows where there are no key names. */
export const recordColumns = [
  { name: '_sdc_sequence', type: 'integer' },
  { name: '_sdc_table_version', type: 'integer' },
  { name: '_sdc_received_at', type: 'timestamp' },
  { name: '_sdc_batched_at', type: 'timestamp' },
  { name: '_sdc_extracted_at', type: 'timestamp' },
  { name: '_sdc_deleted_at', type: 'timestamp' },
] as const satisfies readonly SystemColumn[];

/** Positions in a row of the top level, after the ordinal. */
export const at = {
  ordinal: 0,
  sequence: 1,
  tableVersion: 2,
  receivedAt: 3,
  batchedAt: 4,
  extractedAt: 5,
  deletedAt: 6,
} as const;

/** The key of a table without key names. */
export const primaryKeyColumn: SystemColumn = { name: '__sdc_primary_key', type: 'text' };
/** Filled from a field of this name, the only way a source reports deletes. */
export const deletedAtName = '_sdc_deleted_at';

/** Of every subtable, at the same positions as in the top level; source keys and level ids follow. */
export const subtableColumns: readonly SystemColumn[] = recordColumns.slice(0, 4);

/** The key columns of a subtable of this depth, source keys first. */
export const subtableKey = (keys: readonly string[], depth: number): readonly string[] => [
  ...keys.map(sourceKeyName),
  ...Array.from({ length: depth }, (_, level) => levelName(level)),
];

/** What tells a table that Stitch made from any other. */
export const looksLikeStitch = (columns: ReadonlySet<string>): boolean =>
  ['_sdc_sequence', '_sdc_batched_at', '_sdc_received_at', '_sdc_table_version'].every((name) =>
    columns.has(name),
  );
