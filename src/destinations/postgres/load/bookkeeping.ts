import { createHash, randomUUID } from 'node:crypto';
import type { LoadResult } from '../../../model/load-result.ts';
import { asInt64 } from '../../../shape/decimal.ts';
import type { Int64 } from '../../../shape/shape.ts';
import type { LoadPlan } from '../../session.ts';
import { parseMark, renderMark } from '../../sql/marks.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../quote.ts';
import type { PostgresSession } from '../session.ts';
import { foreignOwners } from './load-failure.ts';

/** Our own tables in a source's schema: what the destination itself knows about its loads. */
export const bookkeeping = (schema: string) => ({
  /** Each lane's fence, active version, and how often its tables were changed. */
  lanes: quoteQualified(schema, '_backstitch_lanes'),
  /** Which source path owns a table, and which columns stood there when it was adopted. */
  tables: quoteQualified(schema, '_backstitch_tables'),
  /** Which source path owns a column, by its name without suffix. */
  columns: quoteQualified(schema, '_backstitch_columns'),
  /** The marks of loads, with their results as JSON, in parts, and the ids of their batches. */
  loads: quoteQualified(schema, '_backstitch_loads'),
  /** One row: what this schema is known by, wherever it is restored or copied to. */
  place: quoteQualified(schema, '_backstitch_place'),
});

/**
 * Makes the schema and our tables in it, and returns the id of the place. May run several times at once and again.
 * @param role ours.
 * @throws {LoadFailure} they belong to another role.
 */
export async function ensureBookkeeping(
  session: PostgresSession,
  schema: string,
  role: string,
  signal: AbortSignal,
): Promise<string> {
  const { lanes, tables, columns, loads, place } = bookkeeping(schema);
  const idOfPlace = async () =>
    (await session.query<{ id: string }>(`select id from ${place}`, [], signal))[0]?.id ?? '';
  const [found] = await session.query<{ stands: boolean }>(
    `select to_regclass($1) is not null and to_regclass($2) is not null and to_regclass($3) is not null
       as stands`,
    [lanes, loads, place],
    signal,
  );
  if (found?.stands) {
    const foreign = await session.query<{ name: string; owner: string }>(
      `select relname::text as name, pg_get_userbyid(relowner)::text as owner
       from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where nspname::text = $1 and relkind = 'r' and not pg_has_role(relowner, 'USAGE')
         and (left(relname::text, 12) = '_backstitch_' or relname = '_sdc_rejected')
       order by relname`,
      [schema],
      signal,
    );
    const tables = foreign.map(({ name, owner }) => ({ table: quoteQualified(schema, name), owner }));
    if (tables.length > 0) throw foreignOwners(tables, role);
    return await idOfPlace();
  }
  const [standing] = await session.query(
    'select from pg_namespace where nspname::text = $1',
    [schema],
    signal,
  );
  // One that was made by a version that kept no batches. Asked, since ALTER waits for everybody even to do nothing.
  const [older] = await session.query(
    `select from pg_class where oid = to_regclass($1)
       and not exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'batches')`,
    [loads],
    signal,
  );
  await session.script(
    [
      'begin',
      lockSchema(schema),
      // IF NOT EXISTS asks for the privilege to create even when the schema stands.
      ...(standing ? [] : [`create schema if not exists ${quoteIdentifier(schema)}`]),
      `create table if not exists ${lanes} (lane text primary key, fence bigint not null, active_version bigint,
         changes bigint not null default 0)`,
      `create table if not exists ${tables} (table_name text primary key, source text not null,
         adopted_columns text[] not null default '{}')`,
      `create table if not exists ${columns} (table_name text, column_name text, source text not null,
         primary key (table_name, column_name))`,
      `create table if not exists ${loads} (load_id text, part integer, lane text not null, result text not null,
         batches text[] not null default '{}',
         made_at timestamp with time zone not null default now(), primary key (load_id, part))`,
      ...(older
        ? [`alter table ${loads} add column if not exists batches text[] not null default '{}'`]
        : []),
      `create table if not exists ${place} (id text primary key)`,
      `insert into ${place} select ${quoteLiteral(randomUUID())} where not exists (select from ${place})`,
      'commit',
    ],
    signal,
  );
  return await idOfPlace();
}

/** Two sessions that make the same table at once trip over each other in spite of IF NOT EXISTS. */
export function lockSchema(schema: string): string {
  const key = createHash('sha256').update(`backstitch ${schema}`).digest().readBigInt64BE();
  return `select pg_advisory_xact_lock(${key})`;
}

/** A lane's row, locked until the transaction ends. */
export interface LaneRow {
  readonly activeVersion: Int64 | null;
  /** Grows when a load changes a table of the lane. */
  readonly changes: string;
}

/**
 * Statement that takes the lane and writes our fence; no row: a higher fence stands, or not the one that is expected.
 * @param standing the fence that must stand, 0 for none; null: any.
 */
export function takeLane(
  schema: string,
  lane: string,
  fence: number,
  standing: number | null = null,
): string {
  const { lanes } = bookkeeping(schema);
  const name = quoteLiteral(lane);
  const mayBegin =
    standing === null || standing === 0 ? '' : ` where exists (select from ${lanes} where lane = ${name})`;
  const isExpected = standing === null ? '' : ` and lane.fence = ${standing}`;
  return `insert into ${lanes} as lane (lane, fence) select ${name}, ${fence}${mayBegin}
    on conflict (lane) do update set fence = excluded.fence where lane.fence <= excluded.fence${isExpected}
    returning active_version, changes`;
}

/** Reads the answer of {@link takeLane}; null: fenced off. */
export function laneRow(row: object | undefined): LaneRow | null {
  if (row === undefined) return null;
  const { active_version, changes } = row as { active_version: string | null; changes: string };
  return { activeVersion: active_version === null ? null : asInt64(BigInt(active_version)), changes };
}

/** Statement for the parts of a load's result; no row: its mark does not stand. */
export const findMark = (schema: string, loadId: string): string =>
  `select result from ${bookkeeping(schema).loads} where load_id = ${quoteLiteral(loadId)} order by part`;

export const markResult = (rows: readonly object[]): LoadResult | null =>
  parseMark((rows as { result: string }[]).map(({ result }) => result));

/** Statements that write a load's mark. */
export function writeMark(
  schema: string,
  { loadId, batchIds = [] }: Pick<LoadPlan, 'loadId' | 'batchIds'>,
  lane: string,
  result: LoadResult,
): string[] {
  const { loads } = bookkeeping(schema);
  return renderMark(result).map(
    (part, index) =>
      `insert into ${loads} (load_id, part, lane, result, batches)
       values (${quoteLiteral(loadId)}, ${index}, ${quoteLiteral(lane)}, ${quoteLiteral(part)},
         ${index === 0 ? quoteLiteral(`{${batchIds.map((id) => JSON.stringify(id)).join(',')}}`) : "'{}'"})`,
  );
}
