import type { Int64, ShapedTable } from '../../../shape/shape.ts';
import type { LoadBatch, LoadPlan } from '../../session.ts';
import { stopped } from '../../sql/load-stops.ts';
import { type RejectedRecord, type ShapedLoad, shapeLoad } from '../../sql/shape-load.ts';
import type { FileSettings } from '../file-settings.ts';
import { createCsvWriter, type Headers } from './csv-writer.ts';
import { fileDialect } from './file-dialect.ts';
import { renderInstant } from './instants.ts';
import { createLineWriter } from './line-writer.ts';
import type { LoadFiles } from './load-files.ts';
import type { RowWriter, WrittenTable } from './row-writer.ts';

/** A load whose files only have to be committed. */
export interface WrittenLoad {
  readonly shaped: ShapedLoad;
  readonly tables: readonly WrittenTable[];
  /** Of the files in CSV. */
  readonly headers: Headers;
  /** The files are of no use: the load has to be written again, with these headers. */
  readonly isOutgrown: boolean;
}

export interface WriteFilesOptions {
  readonly plan: LoadPlan;
  readonly batches: AsyncIterable<LoadBatch>;
  readonly activeVersion: Int64 | null;
  readonly settings: FileSettings;
  readonly files: LoadFiles;
  readonly headers: Headers;
  /** Bytes of a part. */
  readonly partBytes: number;
}

/** Shapes all batches, and writes their rows into files that nobody sees yet. */
export async function writeFiles(options: WriteFilesOptions): Promise<WrittenLoad> {
  const { plan, batches, activeVersion, settings, files, headers, partBytes } = options;
  const { table } = plan.lane;
  const csv =
    settings.format === 'csv'
      ? createCsvWriter({ files, table, style: settings, headers, patience: partBytes })
      : null;
  const writer: RowWriter = csv ?? createLineWriter(files, table);
  let tables: readonly ShapedTable[] = [];
  const rejected: string[] = [];

  async function take(): Promise<void> {
    await writer.take(tables);
    if (rejected.length > 0) await files.appendRejected(rejected.splice(0));
  }

  const shaped = await shapeLoad({
    plan,
    batches,
    dialect: fileDialect,
    catalog: { tables: new Map() },
    activeVersion,
    openShaper: (given) => writer.openShaper(given),
    opened(opened) {
      tables = opened.tables;
    },
    takeRows: take,
    takeRejected: (record) => void rejected.push(renderRejected(plan, record)),
    rowProblem: () => null,
  });
  if (shaped.shaper?.stop) throw stopped(shaped.shaper.stop);
  await take();
  await writer.finish();
  return {
    shaped,
    tables: writer.tables,
    headers: csv?.headers ?? {},
    isOutgrown: csv?.isOutgrown ?? false,
  };
}

/** A line of the file of rejections; the same whenever the load is repeated. */
function renderRejected(
  { batchedAt, loadId, lane }: LoadPlan,
  { reason, record, batchId, position, kind }: RejectedRecord,
): string {
  const line = {
    _sdc_rejected_at: renderInstant(batchedAt * 1000),
    table_name: lane.table.toWellFormed(),
    reason,
    record,
    _sdc_load_id: loadId,
    _sdc_batch_id: batchId,
    _sdc_position: position,
    _sdc_kind: kind,
  };
  return `${JSON.stringify(line)}\n`;
}
