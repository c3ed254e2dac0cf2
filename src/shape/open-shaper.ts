import { createConverter } from './convert.ts';
import { createField, createGroup, type FieldGroup } from './field.ts';
import { createFlattener, type Flattened, fillRow } from './flatten.ts';
import { createJournal } from './journal.ts';
import { createKeySetter, type KeyColumn, keyLengthProblem, openKeys } from './key-columns.ts';
import { cleanName, tableNameProblem } from './names.ts';
import { createSubtables, type SourceKey, setSourceKeys, standingProblem } from './open-subtables.ts';
import { type OpenTable, openTable } from './open-table.ts';
import { recordPrimaryKey } from './primary-key.ts';
import { maxRecordBytes, type Reason, reasons } from './reject.ts';
import {
  type BatchFacts,
  type Catalog,
  type Dialect,
  type IncomingRecord,
  type Int64,
  pathText,
  type Report,
  type Row,
  type SchemaPlace,
  type Shaper,
  type TableStop,
} from './shape.ts';
import { at, deletedAtName, primaryKeyColumn, recordColumns } from './system-columns.ts';
import { keyTypeStop, tableStop } from './table-stop.ts';
import { parseInt64 } from './value-types.ts';

export interface ShaperOptions {
  readonly dialect: Dialect;
  /** As it stands, or will stand once the chunk before is merged. */
  readonly catalog: Catalog;
  /** As the sender names them. */
  readonly tableName: string;
  readonly keyNames: readonly string[];
  /** When the load was planned, microseconds since 1970. */
  readonly batchedAt: Int64;
}

/** Opens the shaper of a chunk. Cheap: may be done for a chunk of one record. */
export function openShaper(options: ShaperOptions): Shaper {
  const { dialect, catalog, tableName, batchedAt } = options;
  const journal = createJournal();
  const converter = createConverter(dialect);
  const flattened: Flattened = { pending: [], leftOut: [] };
  const reports: Report[] = [];
  const tables: OpenTable[] = [];
  let ordinal = 0;
  let accepted = 0;
  let keyTypeRejected: Reason | null = null;
  let onlyKeyTypes = true;

  const source = pathText([[tableName]]);
  const name = cleanName(tableName, dialect.names);
  const standing = catalog.tables.get(name);
  const hasKeys = options.keyNames.length > 0;
  const keyNames = [...new Set(options.keyNames)].map((key) => cleanName(key, dialect.names));
  const root = openTable({
    name,
    source,
    parent: null,
    standing,
    systemColumns: hasKeys ? recordColumns : [...recordColumns, primaryKeyColumn],
    primaryKey: dialect.upsert ? keyNames : [],
    dialect,
    journal,
  });
  tables.push(root);
  const keys = openKeys(options.keyNames, root, dialect);
  journal.keep();
  const rootCollision = standing?.owned ? standingProblem(standing, source) : null;
  /** Why every record is rejected. */
  const hopeless =
    tableNameProblem(name, tableName, dialect) ?? rootCollision ?? ('code' in keys ? keys : null);
  const keyColumns: readonly KeyColumn[] = 'code' in keys ? [] : keys;
  const setKey = createKeySetter({ table: root, dialect, converter, journal });
  const subtables = createSubtables({
    root,
    rootName: tableName,
    keyNames: hasKeys ? keyNames : [primaryKeyColumn.name],
    catalog,
    dialect,
    journal,
    tables,
  });
  const flatten = createFlattener({ dialect, converter, journal, flattened, openSubtable: subtables.open });
  const primaryKeyPosition = root.columns.length - 1;
  let sourceKeys: readonly SourceKey[] | null = hasKeys
    ? null
    : [{ ...primaryKeyColumn, source: pathText([primaryKeyColumn.name]), position: primaryKeyPosition }];

  function timestamp(value: unknown, field: string): Int64 | null | Reason {
    if (value === null || value === undefined) return null;
    if (typeof value !== 'string') return reasons.unparsableTimestamp(field, String(value));
    return converter.timestamp(value, field) ?? reasons.unparsableTimestamp(field, value);
  }

  let lastExtracted: { readonly text: unknown; readonly at: Int64 | null } = { text: null, at: null };
  /** Senders give one time for many records. */
  function extractedAt(text: unknown): Int64 | null | Reason {
    if (text === lastExtracted.text) return lastExtracted.at;
    const at = timestamp(text, 'time_extracted');
    if (at === null || typeof at !== 'object') lastExtracted = { text, at };
    return at;
  }

  /** The fields of the top level under one schema. */
  function openRecordFields(place: SchemaPlace): FieldGroup {
    const group = createGroup(root, [], place);
    for (const key of keyColumns) {
      const field = createField(root, [key.key], place.property(key.key), dialect);
      field.take = (value, row) =>
        value === null || value === undefined ? null : setKey(key, value, field.place.rules, row);
      group.byKey.set(key.key, field);
    }
    const deletedAt = createField(root, [deletedAtName], place.property(deletedAtName), dialect);
    deletedAt.take = (value, row) => {
      const micros = timestamp(value, deletedAtName);
      if (micros !== null && typeof micros === 'object') return micros;
      row[at.deletedAt] = micros;
      return null;
    };
    if (!group.byKey.has(deletedAtName)) group.byKey.set(deletedAtName, deletedAt);
    return group;
  }

  const fieldsByPlace = new Map<SchemaPlace, FieldGroup>();
  function recordFields(place: SchemaPlace): FieldGroup {
    let fields = fieldsByPlace.get(place);
    if (!fields) {
      fields = openRecordFields(place);
      fieldsByPlace.set(place, fields);
    }
    return fields;
  }

  /** Fills the row, and rows of subtables, which wait in `flattened`. */
  function shape(fields: FieldGroup, batch: BatchFacts, record: IncomingRecord, row: Row): Reason | null {
    if (hopeless) return hopeless;
    if (record.bytes !== undefined && record.bytes > maxRecordBytes)
      return reasons.recordTooLarge(record.bytes);
    const extracted = extractedAt(record.extractedAt);
    if (extracted !== null && typeof extracted === 'object') return extracted;
    row[at.ordinal] = ordinal;
    row[at.sequence] = parseInt64(record.sequence);
    row[at.tableVersion] = batch.tableVersion;
    row[at.receivedAt] = batch.receivedAt;
    row[at.batchedAt] = batchedAt;
    row[at.extractedAt] = extracted;
    if (!hasKeys) row[primaryKeyPosition] = recordPrimaryKey(batch.id, record.position);
    const refusal = flatten(fields, record.data, row);
    if (refusal !== null) return refusal;
    return keyProblem(row) ?? shapeSubtables(row);
  }

  function keyProblem(row: Row): Reason | null {
    for (const { key, position } of keyColumns)
      if (position < 0 || row[position] === null || row[position] === undefined)
        return reasons.keyMissing(key);
    return hasKeys ? keyLengthProblem(keyColumns, row, dialect) : null;
  }

  function shapeSubtables(record: Row): Reason | null {
    if (flattened.pending.length === 0) return null;
    const repeated = sourceKeys ?? keyColumns.map(sourceKey);
    for (const { table, row } of flattened.pending) {
      fillRow(row, record);
      const refusal = setSourceKeys(table, row, record, repeated, journal);
      if (refusal !== null) return refusal;
    }
    return null;
  }

  function accept(row: Row): void {
    journal.keep();
    root.accept(row);
    for (const { table, row: child } of flattened.pending) table.accept(child);
    ordinal += 1;
    accepted += 1;
    // From the first accepted record on the keys have their types and positions.
    sourceKeys ??= keyColumns.map(sourceKey);
  }

  function report(
    kind: Report['kind'],
    batch: BatchFacts,
    { position }: IncomingRecord,
    reason: Reason,
  ): void {
    reports.push({ kind, batchId: batch.id, position, code: reason.code, reason: reason.text });
  }

  /** Once for each reason: an array of objects may give it many times. */
  function reportLeftOut(batch: BatchFacts, record: IncomingRecord): void {
    const byText = new Map(flattened.leftOut.map((reason) => [reason.text, reason]));
    for (const reason of byText.values()) report('column', batch, record, reason);
  }

  return {
    stop: hopeless ? null : tableStop({ standing, tableName: name, keyNames, upsert: dialect.upsert }),
    tables,
    reports,
    get accepted() {
      return accepted;
    },
    get keyStop(): TableStop | null {
      const stops = accepted === 0 && onlyKeyTypes && keyTypeRejected !== null;
      return stops ? keyTypeStop(name, keyTypeRejected!) : null;
    },
    openBatch(batch, place) {
      const fields = recordFields(place);
      return (record) => {
        if (flattened.pending.length > 0) flattened.pending.length = 0;
        if (flattened.leftOut.length > 0) flattened.leftOut.length = 0;
        const row = root.newRow();
        const refusal = shape(fields, batch, record, row);
        if (refusal === null) {
          accept(row);
          if (flattened.leftOut.length > 0) reportLeftOut(batch, record);
          return true;
        }
        journal.undo();
        if (refusal.code === 'keyType') keyTypeRejected = refusal;
        else onlyKeyTypes = false;
        report('record', batch, record, refusal);
        return false;
      };
    },
  };
}

const sourceKey = ({ name, key, type, position }: KeyColumn): SourceKey => ({
  name,
  source: pathText([key]),
  type: type!,
  position,
});
