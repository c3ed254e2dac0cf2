import type { PostgresSession } from '../session.ts';

/** Names of the views that read these columns, by `table column`. */
export async function dependentViews(
  session: PostgresSession,
  schema: string,
  columns: readonly { readonly table: string; readonly column: string }[],
  signal: AbortSignal,
): Promise<(table: string, column: string) => readonly string[]> {
  if (columns.length === 0) return () => [];
  const rows = await session.query<{ table: string; column: string; view: string }>(
    `select distinct c.relname::text as table, a.attname::text as column,
       quote_ident(vn.nspname) || '.' || quote_ident(v.relname) as view
     from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class v on v.oid = r.ev_class
       join pg_namespace vn on vn.oid = v.relnamespace
       join pg_class c on c.oid = d.refobjid
       join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
     where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and v.oid <> c.oid
       and c.relnamespace = (select oid from pg_namespace where nspname::text = $1)
       and c.relname::text = any ($2::text[]) and a.attname::text = any ($3::text[])
     order by view`,
    [schema, columns.map(({ table }) => table), columns.map(({ column }) => column)],
    signal,
  );
  return (table, column) =>
    rows.filter((row) => row.table === table && row.column === column).map(({ view }) => view);
}
