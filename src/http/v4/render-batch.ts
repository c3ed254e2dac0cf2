import type * as wire from '@backstitch/client';
import type { TableResult } from '../../model/load-result.ts';
import { renderTimestamp, renderTimestampOrNull } from '../../model/timestamp.ts';
import type { BatchState, WaitReason } from '../../store/load-store.ts';

/** A batch, and what became of it or keeps it. */
export const renderBatch = (batch: BatchState, now: number): wire.Batch => ({
  id: batch.id,
  table_name: batch.table,
  state: batch.state,
  records: batch.records,
  bytes: batch.rawBytes,
  received_at: renderTimestamp(batch.receivedAt),
  // The store's clock may be ahead of this process's.
  age_seconds: Math.max(0, Math.round((now - batch.receivedAt) / 1000)),
  waits_for: batch.waitsFor === null ? null : reasons[batch.waitsFor],
  last_error: batch.lastError?.message ?? null,
  last_error_details: renderError(batch),
  load: renderLoad(batch),
});

function renderError({ lastError, retryAt }: BatchState): wire.Batch['last_error_details'] {
  if (lastError === null) return null;
  const { message, remedy = null, code = null, since = null } = lastError;
  return {
    message,
    remedy,
    code,
    since: renderTimestampOrNull(since),
    retry_at: renderTimestampOrNull(retryAt),
  };
}

/** Counts are of the whole load: other batches of the table may have gone into it too. */
function renderLoad({ load }: BatchState): wire.LoadOfBatch | null {
  if (load === null || load.completedAt === null) return null;
  return {
    id: load.id,
    completed_at: renderTimestamp(load.completedAt),
    rows_loaded: load.rowsLoaded,
    rows_rejected: load.rowsRejected,
    dropped_as_older: load.droppedAsOlder,
    tables: load.tables.map(renderLoadedTable),
  };
}

export const renderLoadedTable = (table: TableResult): wire.LoadedTable => ({
  table_name: table.source,
  destination_table_name: table.destination,
  rows_loaded: table.rowsLoaded,
  rows_rejected: table.rowsRejected,
  dropped_as_older: table.droppedAsOlder,
  warning: table.older === null ? null : allOlder(table.older),
});

function allOlder({ incoming, standing }: NonNullable<TableResult['older']>): string {
  const told = ({ tableVersion, sequence }: typeof incoming): string =>
    `sequence ${sequence ?? 'none'}${tableVersion === null ? '' : ` of version ${tableVersion}`}`;
  return `All records of this load were older than the rows that stood there: one came with ${told(incoming)}, where ${told(standing)} stood. If the sender restarted its sequences, raise them above that.`;
}

const reasons: Readonly<Record<WaitReason, { readonly code: WaitReason; readonly message: string }>> = {
  account_suspended: {
    code: 'account_suspended',
    message: 'The account is suspended: whoever runs this server can resume it.',
  },
  source_paused: {
    code: 'source_paused',
    message: 'The source is paused: set its paused_at to null with PUT /v4/sources/{id}.',
  },
  unmapped: {
    code: 'unmapped',
    message: 'The source has no destination: name one as destination_id with PUT /v4/sources/{id}.',
  },
  destination_deleted: {
    code: 'destination_deleted',
    message: 'The destination was deleted: name another as destination_id with PUT /v4/sources/{id}.',
  },
  destination_refuses: {
    code: 'destination_refuses',
    message:
      'The destination refuses us: its last connection check says why. It is checked again every five minutes; loading goes on when a check succeeds.',
  },
};
