import type { CatalogColumn, CatalogTable, ColumnType } from '../../../shape/shape.ts';
import { quoteLiteral } from '../quote.ts';
import type { MysqlSession, TextRow } from '../session.ts';
import { bookkeeping } from './bookkeeping.ts';

/** A table as it stands, with what only loading into MySQL needs to know. */
export interface StandingTable extends CatalogTable {
  /** Only InnoDB has transactions. */
  readonly engine: string | null;
  /** Columns that stood there when a table that Stitch made was adopted: loads write to them like to our own. */
  readonly adopted: ReadonlySet<string>;
  /** Unique indexes beside the primary key: somebody's. */
  readonly uniqueIndexes: readonly string[];
}

/** A {@link Catalog} of MySQL: one table, since nested values stay in it. */
export interface StandingCatalog {
  readonly tables: ReadonlyMap<string, StandingTable>;
}

/** The table of this name. Our bookkeeping must stand. */
export async function readCatalog(
  session: MysqlSession,
  place: { readonly schema: string; readonly name: string; readonly isMaria: boolean },
  signal: AbortSignal,
): Promise<StandingCatalog> {
  const { schema, name, isMaria } = place;
  const ours = bookkeeping(schema);
  const isIt = `table_schema = ${quoteLiteral(schema)} and table_name = ${quoteLiteral(name)}`;
  const [about] = await session.query(
    `select t.table_type as type, t.engine as engine, o.source as source, o.adopted_columns as adopted
     from information_schema.tables t
     left join ${ours.tables} o on o.table_name = ${quoteLiteral(name)}
     where t.${isIt.replace('and ', 'and t.')}`,
    signal,
  );
  if (about === undefined) return { tables: new Map() };
  const columns = await session.query(
    `select column_name as name, column_type as type, is_nullable as nullable, extra as extra, column_key as is_key
     from information_schema.columns where ${isIt} order by ordinal_position`,
    signal,
  );
  const keys = await session.query(
    `select index_name as owner, column_name as name from information_schema.statistics
     where ${isIt} and non_unique = 0 order by seq_in_index`,
    signal,
  );
  const owned = await session.query(
    `select column_name as name, source from ${ours.columns} where table_name = ${quoteLiteral(name)}`,
    signal,
  );
  const jsonColumns = isMaria ? await checkedJson(session, schema, name, signal) : new Set<string>();
  const isTable = about.type === 'BASE TABLE';
  const table: StandingTable = {
    name,
    engine: about.engine ?? null,
    columns: isTable ? columns.map((row) => standingColumn(row, jsonColumns)) : [],
    primaryKey: keys.filter(isPrimary).map((row) => row.name ?? ''),
    columnCount: columns.length,
    owned:
      isTable && about.source != null
        ? {
            source: about.source,
            columns: new Map(owned.map((row) => [row.name ?? '', row.source ?? ''])),
          }
        : null,
    uniqueIndexes: [...new Set(keys.filter((row) => !isPrimary(row)).map((row) => row.owner ?? ''))],
    adopted: new Set(JSON.parse(about.adopted ?? '[]') as string[]),
  };
  return { tables: new Map([[name, table]]) };
}

const isPrimary = (row: TextRow): boolean => row.owner === 'PRIMARY';

/** MariaDB's JSON is text with a check of its own. */
async function checkedJson(
  session: MysqlSession,
  schema: string,
  name: string,
  signal: AbortSignal,
): Promise<Set<string>> {
  const rows = await session.query(
    `select constraint_name as name from information_schema.check_constraints
     where constraint_schema = ${quoteLiteral(schema)} and table_name = ${quoteLiteral(name)}
       and level = 'Column' and left(check_clause, 11) = 'json_valid('`,
    signal,
  );
  return new Set(rows.map((row) => row.name ?? ''));
}

/** Types that hold every value of ours without cutting or rounding. */
const types: Readonly<Record<string, ColumnType>> = {
  'tinyint(1)': 'boolean',
  bigint: 'integer',
  int: 'int32',
  double: 'double',
  'decimal(65,30)': 'numeric',
  'datetime(6)': 'timestamp',
  longtext: 'text',
  json: 'json',
};

function standingColumn(row: TextRow, jsonColumns: ReadonlySet<string>): CatalogColumn {
  const name = row.name ?? '';
  const isGenerated = /generated/i.test(row.extra ?? '') && !/default_generated/i.test(row.extra ?? '');
  return {
    name,
    type: isGenerated ? null : typeOf(row, jsonColumns.has(name)),
    nullable: row.nullable === 'YES',
  };
}

function typeOf({ type, is_key }: TextRow, isJson: boolean): ColumnType | null {
  // Older servers show a width for numbers, which means nothing.
  const written = (type ?? '').replace(/^(bigint|int)\(\d+\)$/, '$1');
  if (isJson && written === 'longtext') return 'json';
  const keyLength = is_key === 'PRI' ? Number(/^varchar\((\d+)\)$/.exec(written)?.[1] ?? 0) : 0;
  return keyLength >= 255 ? 'text' : (types[written] ?? null);
}
