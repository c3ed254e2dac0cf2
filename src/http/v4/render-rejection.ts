import type * as wire from '@backstitch/client';
import { renderTimestamp, renderTimestampOrNull } from '../../model/timestamp.ts';
import type { RejectedPart, RejectedTable } from '../../store/rejection-store.ts';

export const renderRejectedTable = (table: RejectedTable): wire.RejectedTable => ({
  table_name: table.table,
  records: table.records,
  values: table.values,
  first_rejected_at: renderTimestamp(table.firstAt),
  last_rejected_at: renderTimestamp(table.lastAt),
  reasons: table.reasons,
  more: table.more,
});

export const renderRejections = (part: RejectedPart): wire.Rejection[] =>
  part.rejections.map(({ position, reason, kind }) => ({
    table_name: part.table,
    kind,
    reason,
    batch_id: part.batchId,
    position,
    load_id: part.loadId,
    rejected_at: renderTimestamp(part.rejectedAt),
    retried_at: renderTimestampOrNull(part.retriedAt),
  }));
