import type { ColumnType } from '../../../shape/shape.ts';
import type { Change, ColumnSpec, TableSpec } from '../../../shape/table-spec.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../quote.ts';
import { bookkeeping } from './bookkeeping.ts';
import type { StandingCatalog } from './catalog.ts';

/** The type of a column that is made. */
export const columnTypes: Readonly<Record<ColumnType, string>> = {
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
