import type { ShapedTable } from '../../../shape/shape.ts';
import { at } from '../../../shape/system-columns.ts';
import type { LoadFiles } from './load-files.ts';
import { lineAt, openLines } from './open-lines.ts';
import type { RowWriter } from './row-writer.ts';

/** Text is given on in pieces of about so many characters. */
const pieceCharacters = 262_144;

/** Writes JSON lines: one file for each version of the table. */
export function createLineWriter(files: LoadFiles, table: string): RowWriter {
  let primaryKeys: readonly string[] = [];
  let rows = 0;

  async function take([root]: readonly ShapedTable[]): Promise<void> {
    let piece = '';
    let pieceRows = 0;
    let version = '';
    const give = async () => {
      if (pieceRows > 0) await files.append({ table, path: [], version }, piece, pieceRows);
      rows += pieceRows;
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
    await give();
  }

  return {
    openShaper(options) {
      primaryKeys = options.keyNames;
      return openLines(options);
    },
    take,
    async finish() {},
    get tables() {
      return [{ source: table, primaryKeys, rows }];
    },
  };
}
