import type { Asked, Lane, Recalled } from '../../session.ts';
import { quoteLiteral } from '../quote.ts';
import type { MysqlSession } from '../session.ts';
import type { MysqlSettings } from '../settings.ts';
import { bookkeeping, laneKey } from './bookkeeping.ts';

/** Where a session leads to, as {@link Recalled} names it. */
export const addressOf = ({ host, port }: MysqlSettings): string => `${host.toLowerCase()}:${port}`;

const ofLane = ({ table }: Lane): string => `lane_key = ${quoteLiteral(laneKey(table))}`;

async function stands(session: MysqlSession, { schema }: Lane, signal: AbortSignal): Promise<boolean> {
  const rows = await session.query(
    `select 1 as found from information_schema.tables
     where table_schema = ${quoteLiteral(schema)} and table_name = '_backstitch_loads'`,
    signal,
  );
  return rows.length > 0;
}

/** See `Session.marks`. */
export async function standingMarks(
  session: MysqlSession,
  lane: Lane,
  signal: AbortSignal,
): Promise<string[]> {
  if (!(await stands(session, lane, signal))) return [];
  const rows = await session.query(
    `select load_id from ${bookkeeping(lane.schema).loads}
     where ${ofLane(lane)} and part = 0 order by made_at, load_id`,
    signal,
  );
  return rows.map(({ load_id }) => load_id ?? '');
}

/** See `Session.dropMarks`. */
export async function dropMarks(
  session: MysqlSession,
  lane: Lane,
  loadIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (loadIds.length === 0 || !(await stands(session, lane, signal))) return;
  await session.run(
    `delete from ${bookkeeping(lane.schema).loads}
     where ${ofLane(lane)} and load_id in (${loadIds.map(quoteLiteral).join(', ')})`,
    signal,
  );
}

/** See `Session.recall`. The bookkeeping stands. A lane has few marks: they are looked through here. */
export async function recallLoads(
  session: MysqlSession,
  lane: Lane,
  { loadIds, batchIds }: Asked,
  signal: AbortSignal,
): Promise<Pick<Recalled, 'loadIds' | 'batchIds'>> {
  if (loadIds.length === 0 && batchIds.length === 0) return { loadIds: [], batchIds: [] };
  const rows = await session.query(
    `select load_id, batches from ${bookkeeping(lane.schema).loads} where ${ofLane(lane)} and part = 0`,
    signal,
  );
  const loads = new Set(rows.map(({ load_id }) => load_id));
  const batches = new Set(rows.flatMap(({ batches }) => JSON.parse(batches ?? '[]') as string[]));
  return {
    loadIds: loadIds.filter((id) => loads.has(id)),
    batchIds: batchIds.filter((id) => batches.has(id)),
  };
}
