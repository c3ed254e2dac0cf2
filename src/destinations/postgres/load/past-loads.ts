import { pathText } from '../../../shape/shape.ts';
import type { Asked, Lane, Recalled } from '../../session.ts';
import type { PostgresSession } from '../session.ts';
import type { PostgresSettings } from '../settings.ts';
import { bookkeeping } from './bookkeeping.ts';

/** Where a session leads to, as {@link Recalled} names it. */
export function addressOf({ host, port, database, tunnel }: PostgresSettings): string {
  const through = tunnel ? ` through ${tunnel.host}` : '';
  return `${host.toLowerCase()}:${port}/${database}${through}`;
}

/** See `Session.recall`. The bookkeeping stands. */
export async function recallLoads(
  session: PostgresSession,
  lane: Lane,
  { loadIds, batchIds }: Asked,
  signal: AbortSignal,
): Promise<Pick<Recalled, 'loadIds' | 'batchIds'>> {
  const { loads } = bookkeeping(lane.schema);
  const name = pathText([[lane.table]]);
  const all = `(select load_id, batches from ${loads} where lane = $1 and part = 0) as known`;
  const ask = async (ids: readonly string[], sql: string): Promise<string[]> =>
    ids.length === 0
      ? []
      : (await session.query<{ id: string }>(sql, [name, [...ids]], signal)).map(({ id }) => id);
  return {
    loadIds: await ask(loadIds, `select distinct load_id as id from ${all} where load_id = any ($2::text[])`),
    batchIds: await ask(
      batchIds,
      `select distinct id from ${all}, unnest(batches) as id where id = any ($2::text[])`,
    ),
  };
}
