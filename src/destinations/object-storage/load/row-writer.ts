import type { ShaperOptions } from '../../../shape/open-shaper.ts';
import type { ShapedTable, Shaper } from '../../../shape/shape.ts';

/** Turns the rows of a load into text of its files, in one format. */
export interface RowWriter {
  /** Opens what shapes records for this format. */
  openShaper(options: ShaperOptions): Shaper;
  /** Takes all rows away. */
  take(tables: readonly ShapedTable[]): Promise<void>;
  /** Called once, after the last rows. */
  finish(): Promise<void>;
  /** Every table that had rows, the top level first. */
  readonly tables: readonly WrittenTable[];
}

export interface WrittenTable {
  /** As sent, with the arrays that lead to it: `orders__line_items`. */
  readonly source: string;
  readonly primaryKeys: readonly string[];
  readonly rows: number;
}
