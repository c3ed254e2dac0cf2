import type * as wire from '@backstitch/client';
import { renderTimestamp } from '../../model/timestamp.ts';
import type { ToldChange } from '../../store/rejection-store.ts';

export const renderSchemaChange = (change: ToldChange): wire.SchemaChange => ({
  changed_at: renderTimestamp(change.changedAt),
  kind: change.kind,
  source_id: change.sourceId,
  source_name: change.sourceName,
  destination_id: change.destinationId,
  table_name: change.table,
  before: change.before,
  after: change.after,
  dependent_views: change.dependentViews,
  load_id: change.loadId,
});
