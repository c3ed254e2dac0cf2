import { joint } from '../../../shape/names.ts';
import type { CatalogColumn, CatalogTable, ColumnType } from '../../../shape/shape.ts';
import type { PostgresSession } from '../session.ts';
import { bookkeeping } from './bookkeeping.ts';

/** A table as it stands, with what only loading into PostgreSQL needs to know. */
export interface StandingTable extends CatalogTable {
  readonly oid: number;
  readonly owner: string;
  /** We are its owner, or a member of the role that is. */
  readonly isOurs: boolean;
  /** Columns that stood there when a table that Stitch made was adopted: loads write to them like to our own. */
  readonly adopted: ReadonlySet<string>;
}

/** A {@link Catalog} of PostgreSQL. */
export interface StandingCatalog {
  readonly tables: ReadonlyMap<string, StandingTable>;
}

interface TableRow {
  readonly oid: string;
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  readonly owner: string;
  readonly is_ours: boolean;
  /** Name, type, type modifier, not null, generated. */
  readonly columns: readonly [string, string, number, boolean, boolean][] | null;
  readonly keys: readonly string[] | null;
  readonly source: string | null;
  readonly adopted: readonly string[] | null;
  readonly owned: readonly [string, string][] | null;
}

/** The table of this name and all that could be subtables of it. Our bookkeeping must stand. */
export async function readCatalog(
  session: PostgresSession,
  schema: string,
  table: string,
  signal: AbortSignal,
): Promise<StandingCatalog> {
  const { tables, columns } = bookkeeping(schema);
  const { rows } = await session.prepared<TableRow>(
    // Columns that came with later versions are read by way of JSON: versions before have no such key.
    `select c.oid::text, c.relname::text as name, c.relkind::text as kind, c.relnatts::integer as count,
       pg_get_userbyid(c.relowner)::text as owner, pg_has_role(c.relowner, 'USAGE') as is_ours,
       (select json_agg(json_build_array(a.attname, a.atttypid::text, a.atttypmod, a.attnotnull,
            coalesce(to_json(a)->>'attgenerated', '') <> '' or coalesce(to_json(a)->>'attidentity', '') = 'a')
          order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
       (select json_agg(a.attname order by k.place)
        from pg_index i cross join lateral unnest(i.indkey::smallint[]) with ordinality as k (number, place)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
        where i.indrelid = c.oid and i.indisprimary and i.indisvalid and i.indimmediate) as keys,
       t.source, to_json(t.adopted_columns) as adopted,
       (select json_agg(json_build_array(o.column_name, o.source)) from ${columns} o
        where o.table_name = c.relname::text) as owned
     from pg_class c left join ${tables} t on t.table_name = c.relname::text
     where c.relnamespace = (select oid from pg_namespace where nspname::text = $1)
       and (c.relname::text = $2 or left(c.relname::text, char_length($2::text) + ${joint.length}) = $2 || '${joint}')`,
    [schema, table],
    signal,
  );
  return { tables: new Map(rows.map((row) => [row.name, standingTable(row)])) };
}

function standingTable(row: TableRow): StandingTable {
  // Views, sequences and indexes take names as well; what has no columns is never taken for a table of ours.
  const isTable = row.kind === 'r' || row.kind === 'p';
  return {
    name: row.name,
    oid: Number(row.oid),
    owner: row.owner,
    isOurs: row.is_ours,
    columns: isTable ? (row.columns ?? []).map(standingColumn) : [],
    primaryKey: row.keys ?? [],
    columnCount: row.count,
    owned: isTable && row.source !== null ? { source: row.source, columns: new Map(row.owned ?? []) } : null,
    adopted: new Set(row.adopted ?? []),
  };
}

/** By object id of the type. Types with a modifier would cut or round values, so they are not written to. */
const types: Readonly<Record<string, ColumnType>> = {
  16: 'boolean',
  20: 'integer',
  23: 'int32',
  25: 'text',
  701: 'double',
  1043: 'text',
  1114: 'timestamp',
  1184: 'timestamp',
  1700: 'numeric',
};

const standingColumn = ([name, type, modifier, notNull, generated]: [
  string,
  string,
  number,
  boolean,
  boolean,
]): CatalogColumn => ({
  name,
  type: modifier === -1 && !generated ? (types[type] ?? null) : null,
  nullable: !notNull,
});
