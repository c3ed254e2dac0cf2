import type { SchemaChange } from '../../../model/load-result.ts';
import { joint } from '../../../shape/names.ts';
import type { ColumnType } from '../../../shape/shape.ts';
import type { Change, ColumnSpec, TableSpec } from '../../../shape/table-spec.ts';
import { postgresDialect } from '../dialect.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../quote.ts';
import { bookkeeping } from './bookkeeping.ts';
import type { StandingCatalog } from './catalog.ts';

/** The type of a column that is made. */
const columnTypes: Readonly<Record<ColumnType, string>> = {
  boolean: 'boolean',
  int32: 'integer',
  integer: 'bigint',
  double: 'double precision',
  numeric: 'numeric',
  timestamp: 'timestamp with time zone',
  text: 'text',
  json: 'text',
};

/** An index has at most this many columns. */
const indexedMost = 32;

/** The statement for a change of tables, or of our bookkeeping about them. */
export function alterStatements(schema: string, change: Change, catalog: StandingCatalog): string[] {
  const { tables, columns } = bookkeeping(schema);
  switch (change.kind) {
    case 'create-table': {
      const name = quoteLiteral(change.table.name);
      return [
        createTable(schema, change.table),
        // What stood under this name before was dropped by somebody.
        `delete from ${tables} where table_name = ${name}`,
        `delete from ${columns} where table_name = ${name}`,
      ];
    }
    case 'rename-column':
      return [
        `alter table ${quoteQualified(schema, change.table)} rename column ${quoteIdentifier(change.from)} to ${quoteIdentifier(change.to)}`,
      ];
    case 'add-column':
      return [
        `alter table ${quoteQualified(schema, change.table)} add column ${renderColumn(change.column)}`,
      ];
    case 'own-table': {
      const adopted = catalog.tables.get(change.table)?.columns.map(({ name }) => quoteLiteral(name)) ?? [];
      return [
        `insert into ${tables} (table_name, source, adopted_columns)
         values (${quoteLiteral(change.table)}, ${quoteLiteral(change.source)}, array[${adopted.join(', ')}]::text[])`,
      ];
    }
    case 'own-column':
      return [
        `insert into ${columns} (table_name, column_name, source)
         values (${[change.table, change.column, change.source].map(quoteLiteral).join(', ')})`,
      ];
  }
}

function createTable(schema: string, { name, columns, primaryKey }: TableSpec): string {
  const parts = columns.map(renderColumn);
  // Unnamed: the server finds a name that is free and not too long.
  if (primaryKey.length > 0 && primaryKey.length <= indexedMost)
    parts.push(`primary key (${primaryKey.map(quoteIdentifier).join(', ')})`);
  return `create table ${quoteQualified(schema, name)} (${parts.join(', ')})`;
}

const renderColumn = ({ name, type, nullable }: ColumnSpec): string =>
  `${quoteIdentifier(name)} ${columnTypes[type]}${nullable ? '' : ' not null'}`;

const described = ({ name, type }: Pick<ColumnSpec, 'name' | 'type'>): string =>
  `${name} ${columnTypes[type]}`;

/** What people are told about these changes; bookkeeping is none of it. */
export function schemaChanges(
  changes: readonly Change[],
  catalog: StandingCatalog,
  viewsOf: (table: string, column: string) => readonly string[],
): SchemaChange[] {
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

const isSplitOf = ({ name, type }: ColumnSpec, base: string): boolean =>
  name === `${base}${joint}${postgresDialect.suffixes[type]}`;
