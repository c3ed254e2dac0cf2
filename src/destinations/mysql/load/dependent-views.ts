import { quoteLiteral, quoteQualified } from '../quote.ts';
import type { MysqlSession } from '../session.ts';

/**
 * Views of the same schema that name this table. Which column they read is not known here; a view of a column that is
 * renamed fails from then on, and says so.
 */
export async function dependentViews(
  session: MysqlSession,
  schema: string,
  table: string,
  signal: AbortSignal,
): Promise<string[]> {
  const rows = await session.query(
    `select table_name as name from information_schema.views
     where table_schema = ${quoteLiteral(schema)}
       and instr(view_definition, concat('\`', ${quoteLiteral(table)}, '\`')) > 0
     order by table_name`,
    signal,
  );
  return rows.map(({ name }) => quoteQualified(schema, name ?? ''));
}
