import type { LoadPlan } from '../../session.ts';
import { rejectedColumns as columns, type RejectedRows } from '../../sql/rejected-rows.ts';
import { stagedTypes } from '../binary-rows.ts';
import { quoteQualified } from '../quote.ts';
import type { PostgresSession } from '../session.ts';
import { lockSchema } from './bookkeeping.ts';
import { type Staging, stagedColumn } from './staging.ts';
import { columnArrays } from './text-arrays.ts';

/** Writes them in the load's own transaction. A table of that name that Stitch made gets the columns it lacks. */
export async function writeRejected(options: {
  readonly session: PostgresSession;
  readonly plan: LoadPlan;
  readonly rejected: RejectedRows;
  /** Null: they were few enough not to be staged. */
  readonly staging: Staging | null;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { session, plan, rejected, staging, signal } = options;
  const { schema, table } = plan.lane;
  const relation = staging?.relationOf(rejected) ?? null;
  if (relation === null && rejected.rows.length === 0) return;
  const name = quoteQualified(schema, '_sdc_rejected');
  await ensureTable(session, schema, name, signal);

  const types = columns.map(({ type }) => type);
  const list = columns.map((_, index) => stagedColumn(index));
  const arrays = types.map((type, index) => `$${index + 3}::${stagedTypes[type]}[]`);
  const from = relation ?? `unnest(${arrays.join(', ')}) as s (${list.join(', ')})`;
  const values = relation === null ? (columnArrays(rejected.rows, types) ?? []) : [];
  await session.prepared(
    `insert into ${name} (_sdc_rejected_at, table_name, _sdc_load_id, ${columns.map((column) => column.name).join(', ')})
     select now(), $1::text, $2::text, ${list.join(', ')} from ${from}`,
    // NUL is in no text of PostgreSQL.
    [table.toWellFormed().replaceAll('\0', '\uFFFD'), plan.loadId, ...values],
    signal,
  );
}

const madeColumns = [
  '_sdc_rejected_at timestamp with time zone',
  'table_name text',
  'reason text',
  'record text',
  '_sdc_load_id text',
  '_sdc_position bigint',
  '_sdc_kind text',
];

async function ensureTable(
  session: PostgresSession,
  schema: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const stands = async (): Promise<boolean> => {
    const rows = await session.query<{ name: string }>(
      'select attname::text as name from pg_attribute where attrelid = to_regclass($1) and not attisdropped',
      [name],
      signal,
    );
    const names = new Set(rows.map((row) => row.name));
    return madeColumns.every((column) => names.has(column.split(' ')[0]!));
  };
  if (await stands()) return;
  await session.query(lockSchema(schema), [], signal);
  if (await stands()) return;
  await session.script(
    [
      `create table if not exists ${name} (${madeColumns.join(', ')})`,
      `alter table ${name} ${madeColumns.map((column) => `add column if not exists ${column}`).join(', ')}`,
    ],
    signal,
  );
}
