import { createJournal } from './journal.ts';
import { standingProblem } from './open-subtables.ts';
import type { Reason } from './reject.ts';
import type { Catalog, CatalogTable, Dialect, ShapedColumn, ShapedTable, TableStop } from './shape.ts';
import { type DraftColumn, isReason, openTableDraft, type TableDraft } from './table-draft.ts';
import type { Change, ColumnSpec } from './table-spec.ts';
import { tableStop } from './table-stop.ts';

/** What a chunk needs of the tables that stand. */
export interface ChangePlan {
  /** Set when the table must not be loaded as it stands; nothing is planned then. */
  readonly stop: TableStop | null;
  /**
   * Set when the chunk was shaped for other tables than those that stand (someone altered one meanwhile), so that some
   * of its values have no column: shape it again with this catalog, then they are rejected one by one.
   */
  readonly stale: Reason | null;
  /** In the order of names, parents before children. Empty when everything stands: a repeated load plans nothing. */
  readonly changes: readonly Change[];
  /** In the order of names, parents before children; only tables with rows. */
  readonly tables: readonly PlannedTable[];
}

export interface PlannedTable {
  readonly table: ShapedTable;
  /** By position: the column that its values go to; null for those that go nowhere. */
  readonly targets: readonly (string | null)[];
}

/**
 * Compares what a chunk brings with what stands. Call it with the catalog read in the merge's own transaction (or, where
 * DDL has transactions of its own, right before it): the same chunk may have been shaped for an older one.
 * The outcome depends on nothing else, so a load that is repeated after a crash goes on where it was.
 */
export function planChanges(options: {
  readonly catalog: Catalog;
  readonly tables: readonly ShapedTable[];
  /** Rows of the top level that were accepted; without any there is nothing to plan. */
  readonly accepted: number;
  readonly dialect: Dialect;
}): ChangePlan {
  const { catalog, dialect } = options;
  const shaped = options.accepted === 0 ? [] : options.tables;
  const [root] = shaped;
  const stop = root
    ? tableStop({
        standing: catalog.tables.get(root.name),
        tableName: root.name,
        keyNames: root.columns.filter(({ role }) => role === 'key').map(({ name }) => name),
        upsert: dialect.upsert,
      })
    : null;
  const nothing = { changes: [], tables: [] };
  if (stop) return { stop, stale: null, ...nothing };

  const planned: { readonly table: PlannedTable; readonly changes: readonly Change[] }[] = [];
  for (const table of shaped) {
    const standing = catalog.tables.get(table.name);
    const draft = openTableDraft(table.name, standing, dialect, createJournal());
    const targets = standingProblem(standing, table.source) ?? chooseColumns(table, draft, standing);
    if ('code' in targets) return { stop: null, stale: targets, ...nothing };
    planned.push({
      table: { table, targets: targets.map((column) => column?.name ?? null) },
      changes: changesOf(table, draft, standing),
    });
  }
  // The name of a parent begins that of its child, and so comes first.
  const byName = planned.toSorted((one, other) => (one.table.table.name < other.table.table.name ? -1 : 1));
  return {
    stop: null,
    stale: null,
    changes: byName.flatMap(({ changes }) => changes),
    tables: byName.map(({ table }) => table),
  };
}

/** The column of each position; null for positions that go nowhere. */
function chooseColumns(
  table: ShapedTable,
  draft: TableDraft,
  standing: CatalogTable | undefined,
): readonly (DraftColumn | null)[] | Reason {
  const columnOf = (column: ShapedColumn): DraftColumn | Reason | null => {
    switch (column.role) {
      case 'ordinal':
        return null;
      case 'system':
        return standing && !column.isFilled
          ? (draft.find(column.name) ?? null)
          : draft.fixedColumn(column.name, column.type, true);
      case 'key': {
        const collision = table.parent === null ? draft.own(column.name, column.source!) : null;
        return collision ?? draft.fixedColumn(column.name, column.type, standing !== undefined);
      }
      case 'value':
        return draft.columnFor(column.name, column.source!, column.type);
    }
  };
  const chosen: (DraftColumn | null)[] = [];
  for (const column of table.columns) {
    const found = columnOf(column);
    if (found && isReason(found)) return found;
    chosen.push(found);
  }
  return chosen;
}

function changesOf(table: ShapedTable, draft: TableDraft, standing: CatalogTable | undefined): Change[] {
  const { name, primaryKey } = table;
  const keys = new Set([
    ...primaryKey,
    ...table.columns.filter(({ role }) => role === 'key').map((column) => column.name),
  ]);
  const specOf = (column: DraftColumn): ColumnSpec => ({
    name: column.name,
    type: column.type!,
    nullable: column.nullable && !primaryKey.includes(column.name),
    isKey: keys.has(column.name),
  });
  const made = draft.columns.filter((column) => column.standing === null);
  const changes: Change[] = [];
  if (!standing)
    changes.push({ kind: 'create-table', table: { name, columns: made.map(specOf), primaryKey } });
  for (const { standing: from, name: to } of draft.columns)
    if (from !== null && from !== to) changes.push({ kind: 'rename-column', table: name, from, to });
  if (standing)
    for (const column of made) changes.push({ kind: 'add-column', table: name, column: specOf(column) });
  if (!standing?.owned) changes.push({ kind: 'own-table', table: name, source: table.source });
  for (const [column, source] of draft.owners)
    if (!standing?.owned?.columns.has(column))
      changes.push({ kind: 'own-column', table: name, column, source });
  return changes;
}
