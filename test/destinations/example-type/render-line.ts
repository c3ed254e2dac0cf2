import { parseDateTime } from '../../../src/shape/date-time.ts';
import { renderJson } from '../../../src/shape/json-text.ts';
import { maxRecordBytes, reasons } from '../../../src/shape/reject.ts';
import type { BatchFacts, IncomingRecord } from '../../../src/shape/shape.ts';
import { parseInt64 } from '../../../src/shape/value-types.ts';

/** A record as a line, with the columns of the system beside it; or the reason why it cannot be one. */
export function renderLine(
  record: IncomingRecord,
  { receivedAt, tableVersion }: BatchFacts,
  batchedAt: number,
) {
  const { data, sequence, bytes = 0 } = record;
  const extractedAt = typeof record.extractedAt === 'string' ? parseDateTime(record.extractedAt) : null;
  const json = renderJson(data);
  const problem =
    bytes > maxRecordBytes
      ? reasons.recordTooLarge(bytes)
      : json === null
        ? reasons.loneSurrogate('the record')
        : null;
  const text = `{"record":${json},"_sdc_sequence":${parseInt64(sequence)},"_sdc_table_version":${tableVersion},"_sdc_extracted_at":${extractedAt},"_sdc_received_at":${receivedAt},"_sdc_batched_at":${batchedAt * 1000}}\n`;
  return { text, reason: problem?.text ?? null, extractedAt };
}
