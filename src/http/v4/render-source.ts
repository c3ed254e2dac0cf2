import type * as wire from '@backstitch/client';
import type { Source } from '../../model/source.ts';
import { renderSourceReportCard } from '../../model/source-report-card.ts';
import { renderTimestamp, renderTimestampOrNull } from '../../model/timestamp.ts';

/** A source as the contract describes it. An Import API source has no schedule, and nothing to check. */
export const renderSource = (source: Source): wire.Source => ({
  id: source.id,
  stitch_client_id: source.accountId,
  type: source.type,
  display_name: source.displayName,
  name: source.name,
  properties: source.properties,
  schedule: null,
  check_job_name: null,
  destination_id: source.destinationId,
  paused_at: renderTimestampOrNull(source.pausedAt),
  system_paused_at: renderTimestampOrNull(source.systemPausedAt),
  created_at: renderTimestamp(source.createdAt),
  updated_at: renderTimestamp(source.updatedAt),
  deleted_at: renderTimestampOrNull(source.deletedAt),
  report_card: renderSourceReportCard(),
});
