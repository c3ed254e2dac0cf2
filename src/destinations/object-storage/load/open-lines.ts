import { parseDateTime } from '../../../shape/date-time.ts';
import { renderJson } from '../../../shape/json-text.ts';
import { tableNameProblem } from '../../../shape/names.ts';
import type { ShaperOptions } from '../../../shape/open-shaper.ts';
import { recordPrimaryKey } from '../../../shape/primary-key.ts';
import { maxRecordBytes, type Reason, reasons } from '../../../shape/reject.ts';
import {
  type BatchFacts,
  type IncomingRecord,
  type Int64,
  pathText,
  type Report,
  type Row,
  type ShapedTable,
  type Shaper,
} from '../../../shape/shape.ts';
import { primaryKeyColumn, recordColumns } from '../../../shape/system-columns.ts';
import { parseInt64 } from '../../../shape/value-types.ts';
import { renderInstant } from './instants.ts';

/** Where a row has its line of JSON, after what system columns hold. */
export const lineAt = recordColumns.length + 1;

/** What we add; a field of the same name is left out. `_sdc_deleted_at` is a field like any other here. */
const reserved: readonly string[] = [
  ...recordColumns.map(({ name }) => name).filter((name) => name !== '_sdc_deleted_at'),
  primaryKeyColumn.name,
];

/**
 * Shapes records into lines of JSON: intact, every digit, nested as they came, with the system columns after them. The
 * rows of its one table hold a line each.
 */
export function openLines(options: ShaperOptions): Shaper {
  const { tableName, keyNames, batchedAt, dialect } = options;
  const reports: Report[] = [];
  const rows: Row[] = [];
  const table: ShapedTable = {
    name: tableName,
    source: pathText([[tableName]]),
    parent: null,
    depth: 0,
    columns: [],
    primaryKey: [],
    rows,
  };
  const hopeless = tableNameProblem(tableName, tableName, dialect);
  const batchedText = renderInstant(batchedAt);
  let accepted = 0;
  let lastExtracted: { text: unknown; at: Int64 | null } = { text: null, at: null };

  function extractedAt(text: unknown): Int64 | null | Reason {
    if (text === null || text === undefined) return null;
    if (text === lastExtracted.text) return lastExtracted.at;
    const at = typeof text === 'string' ? parseDateTime(text) : null;
    if (at === null) return reasons.unparsableTimestamp('time_extracted', String(text));
    if (at < dialect.timestamps.min || at > dialect.timestamps.max)
      return reasons.timestampOutOfRange(dialect.title, 'time_extracted', String(text));
    lastExtracted = { text, at };
    return at;
  }

  function line(batch: BatchFacts, shared: string, record: IncomingRecord, leftOut: Reason[]): Reason | null {
    if (hopeless) return hopeless;
    if (record.bytes !== undefined && record.bytes > maxRecordBytes)
      return reasons.recordTooLarge(record.bytes);
    const extracted = extractedAt(record.extractedAt);
    if (extracted !== null && typeof extracted === 'object') return extracted;
    const problem = keyProblem(record.data, keyNames);
    if (problem) return problem;
    const data = withoutReserved(record.data, leftOut);
    const text = JSON.stringify(data);
    // Half a surrogate pair is written so, and hardly anything else; whoever knows looks.
    if (text.includes('\\ud') && renderJson(data) === null)
      return reasons.loneSurrogate(unreadableField(data));
    const sequence = parseInt64(record.sequence);
    const key =
      keyNames.length > 0 ? '' : `,"__sdc_primary_key":"${recordPrimaryKey(batch.id, record.position)}"`;
    const head = text === '{}' ? '{' : `${text.slice(0, -1)},`;
    rows.push([
      accepted,
      sequence,
      batch.tableVersion,
      batch.receivedAt,
      batchedAt,
      extracted,
      null,
      `${head}"_sdc_sequence":${sequence}${shared}"_sdc_extracted_at":${extracted === null ? null : `"${renderInstant(extracted)}"`}${key}}\n`,
    ]);
    accepted += 1;
    return null;
  }

  return {
    stop: null,
    tables: [table],
    reports,
    get accepted() {
      return accepted;
    },
    keyStop: null,
    openBatch(batch) {
      const shared = `,"_sdc_table_version":${batch.tableVersion},"_sdc_received_at":"${renderInstant(batch.receivedAt)}","_sdc_batched_at":"${batchedText}",`;
      const leftOut: Reason[] = [];
      const report = (kind: Report['kind'], { position }: IncomingRecord, { code, text }: Reason) =>
        reports.push({ kind, batchId: batch.id, position, code, reason: text });
      return (record) => {
        leftOut.length = 0;
        const refusal = line(batch, shared, record, leftOut);
        if (refusal === null) for (const reason of leftOut) report('column', record, reason);
        else report('record', record, refusal);
        return refusal === null;
      };
    },
  };
}

/** As where rows have keys: every record has one, so that the newest of a key can be found. */
function keyProblem(record: object, keyNames: readonly string[]): Reason | null {
  for (const name of keyNames) {
    const value: unknown = Object.hasOwn(record, name) ? record[name as keyof typeof record] : undefined;
    if (value === null || value === undefined) return reasons.keyMissing(name);
  }
  return null;
}

function withoutReserved(record: object, leftOut: Reason[]): object {
  const names = reserved.filter((name) => Object.hasOwn(record, name));
  if (names.length === 0) return record;
  for (const name of names) leftOut.push(reasons.reservedName(name));
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

const unreadableField = (record: object): string =>
  Object.entries(record).find((entry) => renderJson(entry) === null)?.[0] ?? '';
