import { createHash, randomUUID } from 'node:crypto';
import type { LoadResult } from '../../../model/load-result.ts';
import { asInt64 } from '../../../shape/decimal.ts';
import { type Int64, pathText } from '../../../shape/shape.ts';
import { parseMark, renderMark } from '../../sql/marks.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../quote.ts';
import type { MysqlSession } from '../session.ts';

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

/** Makes the schema and our tables in it, and returns the id of the place. May run several times at once and again. */
export async function ensureBookkeeping(
  session: MysqlSession,
  schema: string,
  signal: AbortSignal,
): Promise<string> {
  const { lanes, tables, columns, loads, place } = bookkeeping(schema);
  const idOfPlace = async () => (await session.query(`select id from ${place}`, signal))[0]?.id ?? '';
  const inSchema = `where table_schema = ${quoteLiteral(schema)} and table_name`;
  const [found] = await session.query(
    `select (select count(*) from information_schema.schemata where schema_name = ${quoteLiteral(schema)}) as own_schemas,
       (select count(*) from information_schema.tables ${inSchema} in ('_backstitch_lanes', '_backstitch_tables',
        '_backstitch_columns', '_backstitch_loads', '_backstitch_place')) as own_tables,
       (select count(*) from information_schema.columns ${inSchema} = '_backstitch_loads') as load_columns`,
    signal,
  );
  if (found?.own_tables === '5') return await idOfPlace();
  const name = 'varchar(64) character set utf8mb4 collate utf8mb4_bin not null';
  const text = 'longtext character set utf8mb4 collate utf8mb4_bin';
  const key = 'char(64) character set ascii collate ascii_bin not null';
  const statements = [
    // IF NOT EXISTS asks for the privilege to create even when the schema stands.
    ...(found?.own_schemas === '0'
      ? [`create database if not exists ${quoteIdentifier(schema)} character set utf8mb4`]
      : []),
    `create table if not exists ${lanes} (lane_key ${key}, lane ${text} not null, fence bigint not null,
       active_version bigint, changes bigint not null default 0, primary key (lane_key)) engine = innodb`,
    `create table if not exists ${tables} (table_name ${name}, source ${text} not null, adopted_columns ${text} not null,
       primary key (table_name)) engine = innodb`,
    `create table if not exists ${columns} (table_name ${name}, column_name ${name}, source ${text} not null,
       primary key (table_name, column_name)) engine = innodb`,
    `create table if not exists ${loads} (load_id ${key}, part integer not null, lane_key ${key}, result ${text} not null,
       made_at datetime(6) not null, batches ${text}, primary key (load_id, part), key (lane_key)) engine = innodb`,
    // One that was made by a version that kept no batches.
    ...(found?.load_columns === '5' ? [`alter table ${loads} add column batches ${text}`] : []),
    `create table if not exists ${place} (only_one boolean not null, id ${key}, primary key (only_one)) engine = innodb`,
    `insert ignore into ${place} (only_one, id) values (true, ${quoteLiteral(randomUUID())})`,
  ];
  for (const statement of statements) await session.run(statement, signal);
  return await idOfPlace();
}

/** How a table of a source is called in bookkeeping: names may be longer than a key. */
export const laneKey = (table: string): string =>
  createHash('sha256')
    .update(pathText([[table]]))
    .digest('hex');

/** Name of the lock under which a lane's tables are altered, since DDL has no transactions here. */
export const laneLock = (schema: string, table: string): string =>
  `backstitch_${createHash('sha256')
    .update(JSON.stringify([schema, table]))
    .digest('hex')
    .slice(0, 40)}`;

/** A lane's row. */
export interface LaneRow {
  readonly activeVersion: Int64 | null;
  /** Grows when a load changes a table of the lane. */
  readonly changes: string;
}

export interface TakenLane {
  readonly schema: string;
  readonly table: string;
  readonly fence: number;
  /** The fence that must stand, 0 for none; null: any that is not higher. */
  readonly standing: number | null;
}

/**
 * Writes our fence into the lane's row, which stays locked until the transaction ends. `fenced`: a higher one stands;
 * `moved`: not the one that is expected. Outside of a transaction the fence is durable at once.
 */
export async function takeLane(
  session: MysqlSession,
  { schema, table, fence, standing }: TakenLane,
  signal: AbortSignal,
): Promise<LaneRow | 'fenced' | 'moved'> {
  const { lanes } = bookkeeping(schema);
  const key = quoteLiteral(laneKey(table));
  const insert = `into ${lanes} (lane_key, lane, fence) values (${key}, ${quoteLiteral(pathText([[table]]))}, ${fence})`;
  const take =
    standing === null
      ? `insert ${insert} on duplicate key update fence = greatest(fence, values(fence))`
      : standing === 0
        ? `insert ignore ${insert}`
        : `update ${lanes} set fence = ${fence} where lane_key = ${key} and fence = ${standing} and fence <= ${fence}`;
  const { affected } = await session.run(take, signal);
  const [row] = await session.query(
    `select fence, active_version, changes from ${lanes} where lane_key = ${key} for update`,
    signal,
  );
  if (Number(row?.fence) > fence) return 'fenced';
  const isTaken = standing === null || affected > 0 || standing === fence;
  return row?.fence === String(fence) && isTaken ? laneRow(row) : 'moved';
}

/** The lane as it stands; what a lane has that was never loaded when there is none. */
export async function readLane(
  session: MysqlSession,
  schema: string,
  table: string,
  signal: AbortSignal,
): Promise<LaneRow> {
  const [row] = await session.query(
    `select active_version, changes from ${bookkeeping(schema).lanes} where lane_key = ${quoteLiteral(laneKey(table))}`,
    signal,
  );
  return row === undefined ? { activeVersion: null, changes: '0' } : laneRow(row);
}

const laneRow = ({ active_version, changes }: Readonly<Record<string, string | null>>): LaneRow => ({
  activeVersion: active_version == null ? null : asInt64(BigInt(active_version)),
  changes: changes ?? '0',
});

/** The result that stands with a load's mark; null: its mark does not stand. */
export async function findMark(
  session: MysqlSession,
  schema: string,
  loadId: string,
  signal: AbortSignal,
): Promise<LoadResult | null> {
  const rows = await session.query(
    `select result from ${bookkeeping(schema).loads} where load_id = ${quoteLiteral(loadId)} order by part`,
    signal,
  );
  return parseMark(rows.map(({ result }) => result ?? ''));
}

export async function writeMark(
  session: MysqlSession,
  given: {
    readonly schema: string;
    readonly table: string;
    readonly loadId: string;
    readonly batchIds: readonly string[];
    readonly result: LoadResult;
  },
  signal: AbortSignal,
): Promise<void> {
  const { loads } = bookkeeping(given.schema);
  const [id, key] = [given.loadId, laneKey(given.table)].map(quoteLiteral);
  for (const [part, text] of renderMark(given.result).entries())
    await session.run(
      `insert into ${loads} (load_id, part, lane_key, result, made_at, batches)
       values (${id}, ${part}, ${key}, ${quoteLiteral(text)}, now(6),
         ${part === 0 ? quoteLiteral(JSON.stringify(given.batchIds)) : 'null'})`,
      signal,
    );
}
