import type { Rejection } from '../../model/load-result.ts';
import { isBelowActive } from '../../shape/dedupe.ts';
import { openShaper, type ShaperOptions } from '../../shape/open-shaper.ts';
import type { Catalog, Dialect, Int64, Row, ShapedTable, ShapeRecord, Shaper } from '../../shape/shape.ts';
import { at } from '../../shape/system-columns.ts';
import { rawRecord } from '../raw-record.ts';
import type { LoadBatch, LoadPlan } from '../session.ts';
import { type NotedLoad, openNotes } from './load-notes.ts';

/** Everything a load brings, shaped; without the rows that were taken on the way. */
export interface ShapedLoad {
  /** Null: there was no record to shape. */
  readonly shaper: Shaper | null;
  /** The highest version that this load activates, or null. */
  readonly activated: Int64 | null;
  /** Records of a version below the active one. */
  readonly skipped: number;
  readonly rejections: readonly Rejection[];
  readonly noted: NotedLoad;
  /** Messages gone through; the same each time the batches are. */
  readonly messages: number;
}

/** A rejection with the record as the sender sent it. */
export interface RejectedRecord extends Rejection {
  /** JSON, cut at 64 kB. */
  readonly record: string;
}

export interface ShapeLoadOptions {
  readonly plan: LoadPlan;
  readonly batches: AsyncIterable<LoadBatch>;
  readonly dialect: Dialect;
  readonly catalog: Catalog;
  /** The table's active version as it stands. */
  readonly activeVersion: Int64 | null;
  /** Opens what shapes the records; the shaper of tables if left out. */
  readonly openShaper?: (options: ShaperOptions) => Shaper;
  /** Called once before the first record. */
  opened(shaper: Shaper): void;
  /** Called every now and then; takes rows away. */
  takeRows(): Promise<void>;
  takeRejected(rejected: RejectedRecord): void;
  /** Why the destination cannot hold a row although each of its values is fine; then the whole record is rejected. */
  rowProblem(table: ShapedTable, row: Row): string | null;
}

/** Records between two looks at whether there are rows to take. */
const sliceRecords = 128;

/** Goes through the batches of a load in order. Ends early when the table must not be loaded ({@link Shaper.stop}). */
export async function shapeLoad(options: ShapeLoadOptions): Promise<ShapedLoad> {
  const { plan, batches, dialect, catalog, takeRejected } = options;
  const rejections: Rejection[] = [];
  let shaper: Shaper | null = null;
  let active = options.activeVersion;
  let activated: Int64 | null = null;
  let skipped = 0;
  let messages = 0;
  const notes = openNotes();
  let slice = 0;

  function reject(rejection: Omit<Rejection, 'table'>, data: object): void {
    const told = { ...rejection, table: plan.lane.table };
    rejections.push(told);
    takeRejected({ ...told, record: rawRecord(data) });
  }

  function open(keyNames: readonly string[]): Shaper {
    const opened = (options.openShaper ?? openShaper)({
      dialect,
      catalog,
      tableName: plan.lane.table,
      keyNames,
      batchedAt: plan.batchedAt * 1000,
    });
    if (!opened.stop) options.opened(opened);
    return opened;
  }

  for await (const batch of batches) {
    let shape: ShapeRecord | null = null;
    const batchId = batch.facts.id;
    notes.openBatch(batch);
    for (const message of batch.messages) {
      messages += 1;
      if (message.action === 'reject') {
        const { position, reason } = message;
        reject({ batchId, position, reason, kind: 'record' }, message.record);
        continue;
      }
      if (message.action === 'activate_version') {
        if (activated === null || message.version > activated) activated = message.version;
        if (active === null || message.version > active) active = message.version;
        continue;
      }
      if (active !== null && isBelowActive(batch.facts.tableVersion, active)) {
        skipped += 1;
        continue;
      }
      // Not before there is a record: a push that holds nothing but activations names no keys.
      shaper ??= open(batch.keyNames);
      if (shaper.stop) return { shaper, activated, skipped, rejections, messages, noted: notes.noted };
      shape ??= shaper.openBatch(batch.facts, batch.place);
      const { reports } = shaper;
      const { record } = message;
      const { position } = record;
      const isRow = shape(record);
      const problem = isRow ? takeBack(shaper.tables, options.rowProblem) : null;
      if (isRow && problem === null) notes.add(record.data, shaper.tables[0]?.rows.at(-1)?.[at.extractedAt]);
      if (problem !== null) {
        reports.length = 0;
        reject({ batchId, position, reason: problem, kind: 'record' }, record.data);
      } else if (reports.length > 0) {
        for (const { reason, kind } of reports.splice(0))
          reject({ batchId, position, reason, kind }, record.data);
      }
      slice += 1;
      if (slice >= sliceRecords) {
        slice = 0;
        await options.takeRows();
      }
    }
  }
  return { shaper, activated, skipped, rejections, messages, noted: notes.noted };
}

/** Takes the rows of the record that was shaped last away when one of them has a problem. */
function takeBack(tables: readonly ShapedTable[], rowProblem: ShapeLoadOptions['rowProblem']): string | null {
  const ordinal = tables[0]?.rows.at(-1)?.[at.ordinal];
  const isLast = (row: Row | undefined): row is Row => row !== undefined && row[at.ordinal] === ordinal;
  let problem: string | null = null;
  for (const table of tables) {
    for (let index = table.rows.length - 1; problem === null && isLast(table.rows[index]); index -= 1)
      problem = rowProblem(table, table.rows[index]!);
  }
  if (problem === null) return null;
  for (const { rows } of tables) while (isLast(rows.at(-1))) rows.pop();
  return problem;
}
