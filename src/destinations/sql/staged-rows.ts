import type { ColumnType, Row } from '../../shape/shape.ts';

/** Rows that are staged: columns may be appended, never changed. */
export interface StagedRows {
  readonly columns: readonly { readonly type: ColumnType }[];
  readonly rows: Row[];
}
