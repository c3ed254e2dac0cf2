import type { OpenSubtable } from './flatten.ts';
import type { Journal } from './journal.ts';
import { cleanName, isTooLong, joint, levelName, sourceKeyName, tableNameProblem } from './names.ts';
import { type OpenTable, openTable } from './open-table.ts';
import { type Reason, reasons } from './reject.ts';
import {
  type Catalog,
  type CatalogTable,
  type ColumnType,
  type Dialect,
  pathText,
  type Row,
} from './shape.ts';
import { looksLikeStitch, subtableColumns, subtableKey } from './system-columns.ts';

/** A column of the top level that each row of a subtable repeats. */
export interface SourceKey {
  readonly name: string;
  readonly source: string;
  readonly type: ColumnType;
  /** In rows of the top level. */
  readonly position: number;
}

/** Why a table that stands cannot take the rows of this path, or null. */
export function standingProblem(standing: CatalogTable | undefined, source: string): Reason | null {
  if (!standing) return null;
  if (standing.owned) return standing.owned.source === source ? null : reasons.tableCollision(standing.name);
  const isOurs = looksLikeStitch(new Set(standing.columns.map(({ name }) => name)));
  return isOurs ? null : reasons.foreignTable(standing.name);
}

/** The subtables of a chunk: opened when the first row for one comes. */
export function createSubtables(options: {
  readonly root: OpenTable;
  /** As the sender names it. */
  readonly rootName: string;
  /** Names of the columns that subtables repeat. */
  readonly keyNames: readonly string[];
  readonly catalog: Catalog;
  readonly dialect: Dialect;
  readonly journal: Journal;
  /** All tables of the chunk; new ones are appended. */
  readonly tables: OpenTable[];
}): { readonly open: OpenSubtable } {
  const { root, rootName, keyNames, catalog, dialect, journal, tables } = options;
  /** Arrays on the way to a table, as written; of the top level only its own name. */
  const paths = new Map<OpenTable, readonly (readonly string[])[]>([[root, [[rootName]]]]);
  const bySource = new Map<string, OpenTable>();
  const names = new Map<string, OpenTable>([[root.name, root]]);
  const longKey = keyNames.find((name) => isTooLong(sourceKeyName(name), dialect.names));

  return {
    open(parent, path) {
      const way = [...paths.get(parent)!, path];
      const source = pathText(way);
      const known = bySource.get(source);
      if (known) return known;
      const written = way.flat().join(joint);
      const name = cleanName(written, dialect.names);
      const problem = tableNameProblem(name, written, dialect);
      if (problem) return { leftOut: problem };
      if (longKey !== undefined) return { rejected: reasons.keyNameTooLong(dialect.title, longKey, name) };
      const standing = catalog.tables.get(name);
      const collision = names.has(name) ? reasons.tableCollision(name) : standingProblem(standing, source);
      if (collision) return { rejected: collision };
      const depth = parent.depth + 1;
      const levels = Array.from({ length: depth }, (_, level) => levelName(level));
      const table = openTable({
        name,
        source,
        parent,
        standing,
        systemColumns: [
          ...subtableColumns,
          ...levels.map((level) => ({ name: level, type: 'integer' as const })),
        ],
        primaryKey: root.primaryKey.length > 0 ? subtableKey(keyNames, depth) : [],
        dialect,
        journal,
      });
      tables.push(table);
      bySource.set(source, table);
      names.set(name, table);
      paths.set(table, way);
      journal.note(() => {
        // Undone in reverse order: it is the last again.
        tables.pop();
        bySource.delete(source);
        names.delete(name);
      });
      return table;
    },
  };
}

/** Repeats the keys of a record in a row of one of its subtables. Returns why the record is rejected, or null. */
export function setSourceKeys(
  table: OpenTable,
  row: Row,
  record: Row,
  keys: readonly SourceKey[],
  journal: Journal,
): Reason | null {
  if (table.sourceKeyPositions.length === 0) {
    const positions: number[] = [];
    for (const { name, source, type } of keys) {
      const position = table.keyPositionOf(sourceKeyName(name), source, type);
      if (typeof position !== 'number') return position;
      positions.push(position);
    }
    table.sourceKeyPositions = positions;
    journal.note(() => {
      table.sourceKeyPositions = [];
    });
  }
  const positions = table.sourceKeyPositions;
  for (let index = 0; index < keys.length; index += 1) {
    const position = positions[index]!;
    while (row.length < position) row.push(null);
    row[position] = record[keys[index]!.position];
  }
  return null;
}
