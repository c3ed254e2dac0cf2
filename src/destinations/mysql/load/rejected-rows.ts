import type { LoadPlan } from '../../session.ts';
import { rejectedColumns as columns, type RejectedRows } from '../../sql/rejected-rows.ts';
import { quoteLiteral, quoteQualified } from '../quote.ts';
import type { MysqlSession } from '../session.ts';
import type { Staging } from './staging.ts';
import { renderValues } from './staging.ts';

const madeColumns = [
  '_sdc_rejected_at datetime(6)',
  'table_name longtext character set utf8mb4',
  'reason longtext character set utf8mb4',
  'record longtext character set utf8mb4',
  '_sdc_load_id varchar(64) character set ascii',
  '_sdc_position bigint',
  '_sdc_kind varchar(16) character set ascii',
];

/** Makes the table for rejections if it is not there yet; outside of the load's transaction, as all DDL. */
export async function ensureRejectedTable(
  session: MysqlSession,
  schema: string,
  signal: AbortSignal,
): Promise<void> {
  const rows = await session.query(
    `select lower(column_name) as name from information_schema.columns
     where table_schema = ${quoteLiteral(schema)} and table_name = '_sdc_rejected'`,
    signal,
  );
  const standing = new Set(rows.map(({ name }) => name));
  const missing = madeColumns.filter((column) => !standing.has(column.split(' ')[0]!));
  if (missing.length === 0) return;
  const name = quoteQualified(schema, '_sdc_rejected');
  await session.run(
    standing.size === 0
      ? `create table if not exists ${name} (${madeColumns.join(', ')}) engine = innodb row_format = dynamic`
      : `alter table ${name} ${missing.map((column) => `add column ${column}`).join(', ')}`,
    signal,
  );
}

/** Characters of one INSERT; hex digits double the bytes. */
const mostCharacters = 500_000;

/** Writes them in the load's own transaction. */
export async function writeRejected(options: {
  readonly session: MysqlSession;
  readonly plan: LoadPlan;
  readonly rejected: RejectedRows;
  /** Null: they were few enough not to be staged. */
  readonly staging: Staging | null;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { session, plan, rejected, staging, signal } = options;
  const relation = staging?.relationOf(rejected) ?? null;
  const table = quoteQualified(plan.lane.schema, '_sdc_rejected');
  const facts = `now(6), ${quoteLiteral(plan.lane.table.toWellFormed())}, ${quoteLiteral(plan.loadId)}`;
  const into = `insert into ${table} (_sdc_rejected_at, table_name, _sdc_load_id, ${columns.map(({ name }) => name).join(', ')})`;
  if (relation !== null) {
    await session.run(`${into} select ${facts}, c0, c1, c2, c3 from ${relation}`, signal);
    return;
  }
  const types = columns.map(({ type }) => type);
  let values: string[] = [];
  let size = 0;
  for (const row of rejected.rows) {
    const rendered = `(${facts}, ${renderValues(row, types).slice(1)}`;
    if (size > 0 && size + rendered.length > mostCharacters) {
      await session.run(`${into} values ${values.join(', ')}`, signal);
      values = [];
      size = 0;
    }
    values.push(rendered);
    size += rendered.length;
  }
  if (values.length > 0) await session.run(`${into} values ${values.join(', ')}`, signal);
}
