import type { SchemaChange } from '../../model/load-result.ts';
import { joint } from '../../shape/names.ts';
import type { Catalog, ColumnType, Dialect } from '../../shape/shape.ts';
import type { Change, ColumnSpec } from '../../shape/table-spec.ts';

export interface ToldChanges {
  readonly changes: readonly Change[];
  /** As it stood before them. */
  readonly catalog: Catalog;
  readonly suffixes: Dialect['suffixes'];
  /** What the destination calls a type. */
  readonly columnTypes: Readonly<Record<ColumnType, string>>;
  /** Views that read this column. */
  viewsOf(table: string, column: string): readonly string[];
}

/** What people are told about changes of tables; bookkeeping is none of it. */
export function schemaChanges(options: ToldChanges): SchemaChange[] {
  const { changes, catalog, suffixes, columnTypes, viewsOf } = options;
  const described = ({ name, type }: Pick<ColumnSpec, 'name' | 'type'>): string =>
    `${name} ${columnTypes[type]}`;
  const isSplitOf = ({ name, type }: ColumnSpec, base: string): boolean =>
    name === `${base}${joint}${suffixes[type]}`;

  const told: SchemaChange[] = [];
  const none = { dependentViews: [] };
  const split = new Set<Change>();
  for (const change of changes) {
    if (change.kind === 'create-table') {
      const { name: table, columns } = change.table;
      told.push({
        table,
        kind: 'table_created',
        before: null,
        after: columns.map(described).join(', '),
        ...none,
      });
    }
    if (change.kind === 'rename-column') {
      const standing = catalog.tables.get(change.table)?.columns.find(({ name }) => name === change.from);
      const type = standing?.type ?? 'text';
      const others = changes.filter(
        (other) =>
          other.kind === 'add-column' && other.table === change.table && isSplitOf(other.column, change.from),
      );
      for (const other of others) split.add(other);
      told.push({
        table: change.table,
        kind: 'column_split',
        before: described({ name: change.from, type }),
        after: [
          described({ name: change.to, type }),
          ...others.map((other) => (other.kind === 'add-column' ? described(other.column) : '')),
        ].join(', '),
        dependentViews: viewsOf(change.table, change.from),
      });
    }
    if (change.kind === 'add-column' && !split.has(change))
      told.push({
        table: change.table,
        kind: 'column_added',
        before: null,
        after: described(change.column),
        ...none,
      });
  }
  return told;
}
