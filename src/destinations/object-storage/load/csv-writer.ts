import { openShaper } from '../../../shape/open-shaper.ts';
import type { ColumnType, Row, ShapedTable } from '../../../shape/shape.ts';
import { at } from '../../../shape/system-columns.ts';
import { type CsvField, type CsvStyle, csvField, csvLineEnd } from './csv-text.ts';
import type { LoadFiles } from './load-files.ts';
import type { RowWriter } from './row-writer.ts';

/** Names of columns by table, in the order of their files. A table keeps it from load to load; new ones come last. */
export type Headers = Readonly<Record<string, readonly string[]>>;

export interface CsvWriter extends RowWriter {
  /** Of the tables that this load has rows of, and all columns that they had before. */
  readonly headers: Headers;
  /**
   * A column came up after the header of its file was sent: nothing is written from then on, only looked at. The load
   * has to be written again under the {@link headers} that are known in the end.
   */
  readonly isOutgrown: boolean;
}

export interface CsvWriterOptions {
  readonly files: LoadFiles;
  /** `table_name` as sent. */
  readonly table: string;
  readonly style: CsvStyle;
  readonly headers: Headers;
  /** Text of a file that waits for its header to be complete, in characters. */
  readonly patience: number;
}

/** Writes CSV with a header: objects flattened, each array in a file of its own. */
export function createCsvWriter(options: CsvWriterOptions): CsvWriter {
  const { files, table, style } = options;
  const field = csvField(style);
  const open = new Map<string, CsvTable>();
  let primaryKeys: readonly string[] = [];
  let isOutgrown = false;

  async function take(tables: readonly ShapedTable[]): Promise<void> {
    for (const shaped of tables) {
      if (shaped.rows.length === 0) continue;
      const known = open.get(shaped.name);
      const csv = known ?? createCsvTable(shaped, knownHeader(options.headers, shaped.name), field, style);
      if (!known) open.set(shaped.name, csv);
      csv.learn();
      if (csv.hasOutgrown) isOutgrown = true;
      const rows = shaped.rows.splice(0);
      if (isOutgrown) continue;
      for (const row of rows) csv.add(row);
      await give(csv, options.patience);
    }
  }

  /** Gives on what waits, when it is more than so many characters. */
  async function give(csv: CsvTable, patience: number): Promise<void> {
    for (const { version, text, rows } of csv.takeReady(patience))
      await files.append({ table: csv.name, path: csv.path, version }, text, rows);
  }

  return {
    openShaper(given) {
      primaryKeys = given.keyNames;
      return openShaper(given);
    },
    take,
    async finish() {
      if (isOutgrown) return;
      for (const csv of open.values()) await give(csv, 0);
    },
    get isOutgrown() {
      return isOutgrown;
    },
    get headers() {
      return Object.fromEntries([...open.values()].map(({ name, header }) => [name, header]));
    },
    get tables() {
      const root = open.get(table);
      const others = [...open.values()].filter((csv) => csv !== root);
      return [
        { source: table, primaryKeys, rows: root?.rows ?? 0 },
        ...others.map(({ name, rows, keys }) => ({ source: name, primaryKeys: keys, rows })),
      ];
    },
  };
}

/** A table may be called `constructor`. */
const knownHeader = (headers: Headers, table: string): readonly string[] =>
  Object.hasOwn(headers, table) ? headers[table]! : [];

interface CsvTable {
  readonly name: string;
  /** The arrays that lead to it, one element each. */
  readonly path: readonly string[];
  readonly keys: readonly string[];
  readonly rows: number;
  readonly header: readonly string[];
  readonly hasOutgrown: boolean;
  /** Looks for new columns. */
  learn(): void;
  add(row: Row): void;
  takeReady(patience: number): { readonly version: string; readonly text: string; readonly rows: number }[];
}

/** Lines of one version of a table on their way into its file. */
interface Waiting {
  /** With as many fields as there were columns then. */
  lines: { readonly text: string; readonly fields: number }[];
  characters: number;
  isBegun: boolean;
}

function createCsvTable(
  shaped: ShapedTable,
  known: readonly string[],
  field: CsvField,
  { delimiter }: CsvStyle,
): CsvTable {
  const header = [...known];
  /** Of each column of the header, its place in rows; −1 while no row has it. */
  const places = header.map(() => -1);
  const types: ColumnType[] = header.map(() => 'text');
  const versions = new Map<string, Waiting>();
  let seen = 1;
  let rows = 0;
  let hasOutgrown = false;

  return {
    name: shaped.name,
    path: (JSON.parse(shaped.source) as string[][]).slice(1).map((way) => way.join('__')),
    // Subtables have none where rows are only added, but these columns tell them apart.
    keys: shaped.depth === 0 ? [] : keysOf(shaped),
    header,
    get rows() {
      return rows;
    },
    get hasOutgrown() {
      return hasOutgrown;
    },
    learn() {
      // Place 0 is no column of the table.
      for (; seen < shaped.columns.length; seen += 1) {
        const { name, type } = shaped.columns[seen]!;
        let index = header.indexOf(name);
        if (index < 0) {
          index = header.push(name) - 1;
          if ([...versions.values()].some(({ isBegun }) => isBegun)) hasOutgrown = true;
        }
        places[index] = seen;
        types[index] = type;
      }
    },
    add(row) {
      const version = String(row[at.tableVersion] ?? 0);
      let waiting = versions.get(version);
      if (!waiting) {
        waiting = { lines: [], characters: 0, isBegun: false };
        versions.set(version, waiting);
      }
      const fields = places.map((place, index) => (place < 0 ? '' : field(row[place], types[index]!)));
      const text = fields.join(delimiter);
      waiting.lines.push({ text, fields: fields.length });
      waiting.characters += text.length;
      rows += 1;
    },
    takeReady(patience) {
      return [...versions].flatMap(([version, waiting]) => {
        const { lines, characters, isBegun } = waiting;
        if (lines.length === 0 || (!isBegun && characters < patience)) return [];
        const head = isBegun ? '' : header.map((name) => field(name, 'text')).join(delimiter) + csvLineEnd;
        const body = lines.map(
          ({ text, fields }) => text + delimiter.repeat(header.length - fields) + csvLineEnd,
        );
        waiting.lines = [];
        waiting.characters = 0;
        waiting.isBegun = true;
        return [{ version, text: head + body.join(''), rows: lines.length }];
      });
    },
  };
}

const keysOf = ({ columns }: ShapedTable): readonly string[] =>
  columns.map(({ name }) => name).filter((name) => /^_sdc_(source_key_|level_\d+_id$)/.test(name));
