import type { ColumnType } from '../../../shape/shape.ts';
import type { Change, ColumnSpec, TableSpec } from '../../../shape/table-spec.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../quote.ts';
import type { ServerFacts } from '../version.ts';
import { bookkeeping } from './bookkeeping.ts';
import type { StandingCatalog } from './catalog.ts';

/** The type of a column that is made. */
export const columnTypes: Readonly<Record<ColumnType, string>> = {
  boolean: 'tinyint(1)',
  int32: 'int',
  integer: 'bigint',
  double: 'double',
  numeric: 'decimal(65,30)',
  timestamp: 'datetime(6)',
  text: 'longtext',
  json: 'json',
};

export interface AlterOptions {
  readonly schema: string;
  readonly server: Pick<ServerFacts, 'keyCollation' | 'renamesColumns'>;
  readonly catalog: StandingCatalog;
}

/**
 * Statements for a change of tables, or of our bookkeeping about them. Each commits by itself, and bookkeeping comes
 * before what it is about: whatever stands in the end of a crash, the next plan goes on from there.
 */
export function alterStatements(changes: readonly Change[], options: AlterOptions): string[] {
  const bookings = changes.filter(({ kind }) => kind === 'own-table' || kind === 'own-column');
  const dropped = changes.filter(({ kind }) => kind === 'create-table');
  const rest = changes.filter(({ kind }) => !kind.startsWith('own-'));
  return [
    ...dropped.flatMap((change) => forget(change, options)),
    ...bookings.map((change) => book(change, options)),
    ...rest.map((change) => alter(change, options)),
  ];
}

/** What stood under this name before was dropped by somebody. */
function forget(change: Change, { schema }: AlterOptions): string[] {
  if (change.kind !== 'create-table') return [];
  const { tables, columns } = bookkeeping(schema);
  const isIt = `table_name = ${quoteLiteral(change.table.name)}`;
  return [`delete from ${tables} where ${isIt}`, `delete from ${columns} where ${isIt}`];
}

function book(change: Change, { schema, catalog }: AlterOptions): string {
  const { tables, columns } = bookkeeping(schema);
  if (change.kind === 'own-table') {
    const adopted = catalog.tables.get(change.table)?.columns.map(({ name }) => name) ?? [];
    const values = [change.table, change.source, JSON.stringify(adopted)].map(quoteLiteral);
    return `replace into ${tables} (table_name, source, adopted_columns) values (${values.join(', ')})`;
  }
  if (change.kind === 'own-column') {
    const values = [change.table, change.column, change.source].map(quoteLiteral);
    return `replace into ${columns} (table_name, column_name, source) values (${values.join(', ')})`;
  }
  return 'do 0';
}

function alter(change: Change, { schema, server, catalog }: AlterOptions): string {
  switch (change.kind) {
    case 'create-table':
      return createTable(schema, change.table, server.keyCollation);
    case 'rename-column': {
      const [table, from, to] = [
        quoteQualified(schema, change.table),
        quoteIdentifier(change.from),
        quoteIdentifier(change.to),
      ];
      if (server.renamesColumns) return `alter table ${table} rename column ${from} to ${to}`;
      const standing = catalog.tables.get(change.table)?.columns.find(({ name }) => name === change.from);
      return `alter table ${table} change column ${from} ${to} ${columnTypes[standing?.type ?? 'text']}`;
    }
    case 'add-column':
      return `alter table ${quoteQualified(schema, change.table)} add column ${renderColumn(change.column, server.keyCollation)}`;
    default:
      return 'do 0';
  }
}

function createTable(schema: string, { name, columns, primaryKey }: TableSpec, keyCollation: string): string {
  const parts = columns.map((column) => renderColumn(column, keyCollation));
  if (primaryKey.length > 0) parts.push(`primary key (${primaryKey.map(quoteIdentifier).join(', ')})`);
  return `create table ${quoteQualified(schema, name)} (${parts.join(', ')}) engine = innodb row_format = dynamic default character set utf8mb4`;
}

function renderColumn({ name, type, nullable, isKey }: ColumnSpec, keyCollation: string): string {
  const isText = type === 'text';
  const written = isText && isKey ? 'varchar(255)' : columnTypes[type];
  const characters = isText ? ` character set utf8mb4${isKey ? ` collate ${keyCollation}` : ''}` : '';
  return `${quoteIdentifier(name)} ${written}${characters}${nullable ? ' null' : ' not null'}`;
}
