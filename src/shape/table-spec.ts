import { assert } from '../errors/bug.ts';
import type { Catalog, CatalogTable, ColumnType } from './shape.ts';

/** A column to be made. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** Part of the table's key, or a copy of one in a subtable: the destination may need another type to index it. */
  readonly isKey: boolean;
}

/** A table to be made. */
export interface TableSpec {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  /** Empty: no PRIMARY KEY. Its columns are not nullable. */
  readonly primaryKey: readonly string[];
}

/**
 * One step from the tables that stand to those that a load needs. Nothing is ever dropped. Steps are made in order.
 * `own-table` and `own-column` are a row of bookkeeping each, which replaces what bookkeeping said about that table or
 * column (of one that someone dropped). A column is owned under its name without any suffix.
 */
export type Change =
  | { readonly kind: 'create-table'; readonly table: TableSpec }
  | { readonly kind: 'rename-column'; readonly table: string; readonly from: string; readonly to: string }
  | { readonly kind: 'add-column'; readonly table: string; readonly column: ColumnSpec }
  | { readonly kind: 'own-table'; readonly table: string; readonly source: string }
  | { readonly kind: 'own-column'; readonly table: string; readonly column: string; readonly source: string };

/** The catalog after these changes. */
export function applyChanges(catalog: Catalog, changes: readonly Change[]): Catalog {
  const tables = new Map(catalog.tables);
  const made = new Set<string>();
  for (const change of changes) {
    if (change.kind === 'create-table') {
      assert(!tables.has(change.table.name), `${change.table.name} stands already`);
      tables.set(change.table.name, createdTable(change.table));
      made.add(change.table.name);
    } else {
      const table = tables.get(change.table);
      assert(table, `${change.table} does not stand`);
      const changed = changedTable(table, change);
      const isAdopted = change.kind === 'own-table' && !made.has(change.table);
      const adopted = new Set(table.columns.map(({ name }) => name));
      tables.set(change.table, isAdopted ? { ...changed, adopted } : changed);
    }
  }
  return { tables };
}

const createdTable = ({ name, columns, primaryKey }: TableSpec): CatalogTable => ({
  name,
  columns,
  primaryKey,
  columnCount: columns.length,
  owned: null,
});

function changedTable(table: CatalogTable, change: Exclude<Change, { kind: 'create-table' }>): CatalogTable {
  switch (change.kind) {
    case 'add-column':
      return {
        ...table,
        columns: [...table.columns, change.column],
        columnCount: table.columnCount + 1,
      };
    case 'rename-column':
      return {
        ...table,
        columns: table.columns.map((column) =>
          column.name === change.from ? { ...column, name: change.to } : column,
        ),
      };
    case 'own-table':
      return { ...table, owned: { source: change.source, columns: new Map() } };
    case 'own-column': {
      assert(table.owned, `${table.name} has no bookkeeping`);
      const columns = new Map(table.owned.columns).set(change.column, change.source);
      return { ...table, owned: { ...table.owned, columns } };
    }
  }
}
