import type { RejectedRecord } from './shape-load.ts';
import type { StagedRows } from './staged-rows.ts';

/** Rejections on their way to `_sdc_rejected`. */
export interface RejectedRows extends StagedRows {
  readonly columns: typeof rejectedColumns;
  add(rejected: RejectedRecord): void;
}

/** What of it differs from row to row; the time, the table and the load are the same for all of a load. */
export const rejectedColumns = [
  { name: 'reason', type: 'text' },
  { name: 'record', type: 'text' },
  { name: '_sdc_position', type: 'integer' },
  { name: '_sdc_kind', type: 'text' },
] as const;

export function createRejectedRows(): RejectedRows {
  const rows: StagedRows['rows'] = [];
  return {
    columns: rejectedColumns,
    rows,
    add: ({ reason, record, position, kind }) => void rows.push([reason, record, position, kind]),
  };
}
