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
const reserved: ReadonlySet<string> = new Set([
  ...recordColumns.map(({ name }) => name).filter((name) => name !== '_sdc_deleted_at'),
  primaryKeyColumn.name,
]);

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
  /** The end of a line, of which most are the same: `shared` and `extracted` of the last one. */
  let lastEnd: { shared: string; extracted: Int64 | null; text: string } | null = null;

  function endOf(shared: string, extracted: Int64 | null): string {
    if (lastEnd?.shared !== shared || lastEnd.extracted !== extracted) {
      const at = extracted === null ? null : `"${renderInstant(extracted)}"`;
      lastEnd = { shared, extracted, text: `${shared}"_sdc_extracted_at":${at}` };
    }
    return lastEnd.text;
  }

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
    const text = renderRecord(data);
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
      `${head}"_sdc_sequence":${sequence}${endOf(shared, extracted)}${key}}\n`,
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
  let isClean = true;
  // Only own fields: nobody adds to Object.prototype.
  for (const name in record) if (reserved.has(name)) isClean = false;
  if (isClean) return record;
  const names = Object.keys(record).filter((name) => reserved.has(name));
  for (const name of names) leftOut.push(reasons.reservedName(name));
  return Object.fromEntries(Object.entries(record).filter(([name]) => !reserved.has(name)));
}

/** The sign of a zero is what JSON.stringify loses. It is several times as fast as what keeps that, and zeros are rare. */
function renderRecord(data: object): string {
  return (holdsNegativeZero(data) ? renderJson(data) : null) ?? JSON.stringify(data);
}

function holdsNegativeZero(value: object): boolean {
  for (const name in value) {
    const entry: unknown = value[name as keyof typeof value];
    if (entry === 0 ? Object.is(entry, -0) : isHolder(entry) && holdsNegativeZero(entry)) return true;
  }
  return false;
}

const isHolder = (value: unknown): value is object => typeof value === 'object' && value !== null;

const unreadableField = (record: object): string =>
  Object.entries(record).find((entry) => renderJson(entry) === null)?.[0] ?? '';
