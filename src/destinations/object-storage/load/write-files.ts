import type { Rejection } from '../../../model/load-result.ts';
import type { Int64, Shaper } from '../../../shape/shape.ts';
import { at } from '../../../shape/system-columns.ts';
import type { LoadBatch, LoadPlan } from '../../session.ts';
import { stopped } from '../../sql/load-stops.ts';
import { type RejectedRecord, type ShapedLoad, shapeLoad } from '../../sql/shape-load.ts';
import type { FileSettings } from '../file-settings.ts';
import { fileDialect } from './file-dialect.ts';
import { renderInstant } from './instants.ts';
import type { LoadFiles } from './load-files.ts';
import { lineAt, openLines } from './open-lines.ts';

/** A load whose files only have to be committed. */
export interface WrittenLoad {
  readonly shaped: ShapedLoad;
  readonly tables: readonly WrittenTable[];
}

export interface WrittenTable {
  /** As sent, with the fields that lead to a subtable: `orders__line_items`. */
  readonly source: string;
  readonly primaryKeys: readonly string[];
  readonly rows: number;
}

export interface WriteFilesOptions {
  readonly plan: LoadPlan;
  readonly batches: AsyncIterable<LoadBatch>;
  readonly activeVersion: Int64 | null;
  readonly settings: FileSettings;
  readonly files: LoadFiles;
}

/** Text is given on in pieces of about so many characters. */
const pieceCharacters = 262_144;

/** Shapes all batches, and writes their rows into files that nobody sees yet. */
export async function writeFiles(options: WriteFilesOptions): Promise<WrittenLoad> {
  const { plan, batches, activeVersion, files } = options;
  const { table } = plan.lane;
  let shaper: Shaper | null = null;
  let keyNames: readonly string[] = [];
  let rows = 0;
  const rejected: string[] = [];

  async function take(): Promise<void> {
    const [root] = shaper?.tables ?? [];
    let piece = '';
    let pieceRows = 0;
    let version: string | null = null;
    const give = async () => {
      if (version !== null && pieceRows > 0)
        await files.append({ table, path: [], version }, piece, pieceRows);
      piece = '';
      pieceRows = 0;
    };
    for (const row of root?.rows.splice(0) ?? []) {
      const own = String(row[at.tableVersion] ?? 0);
      if (own !== version || piece.length > pieceCharacters) await give();
      version = own;
      piece += row[lineAt] as string;
      pieceRows += 1;
    }
    rows += pieceRows;
    await give();
    for (const text of rejected.splice(0)) await files.appendRejected(text);
  }

  const shaped = await shapeLoad({
    plan,
    batches,
    dialect: fileDialect,
    catalog: { tables: new Map() },
    activeVersion,
    openShaper(given) {
      keyNames = given.keyNames;
      return openLines(given);
    },
    opened(opened) {
      shaper = opened;
    },
    takeRows: take,
    takeRejected: (record) => void rejected.push(renderRejected(plan, record)),
    rowProblem: () => null,
  });
  if (shaped.shaper?.stop) throw stopped(shaped.shaper.stop);
  await take();
  return { shaped, tables: [{ source: table, primaryKeys: keyNames, rows }] };
}

/** A line of the file of rejections; the same whenever the load is repeated. */
function renderRejected(
  { batchedAt, loadId, lane }: LoadPlan,
  { reason, record, batchId, position, kind }: RejectedRecord & Rejection,
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
