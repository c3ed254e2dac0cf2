import { sql } from 'kysely';
import type { Activity, ActivityPoint } from '../../model/activity.ts';
import type { StreamError } from '../../model/source.ts';
import type { ActivityFilter } from '../load-store.ts';
import { all, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

interface Wanted {
  readonly accountId: number;
  readonly since: number;
  readonly step: number;
  /** Whether only the source, and only the table, is wanted: 1 or 0. */
  readonly ofSource: number;
  readonly sourceId: number;
  readonly ofTable: number;
  readonly table: string;
}

/** What replays load has its progress of its own. The cast is for SQLite, whose parameters are floating-point numbers. */
const points = statement<Wanted>()((db, given) =>
  sql<ActivityPoint>`
    select ${given('since')} + ${given('step')} * slot as at, count(*) as "loads",
      sum(rows_loaded) as "rowsLoaded", sum(rows_rejected) as "rowsRejected"
    from (
      select cast((loads.completed_at - ${given('since')}) / ${given('step')} as bigint) as slot,
        coalesce(loads.rows_loaded, 0) as rows_loaded, coalesce(loads.rows_rejected, 0) as rows_rejected
      from loads join lanes on lanes.id = loads.lane_id join sources on sources.id = lanes.source_id
      where sources.replay_of is null and loads.account_id = ${given('accountId')} and loads.completed_at >= ${given('since')}
        and (${given('ofSource')} = 0 or lanes.source_id = ${given('sourceId')})
        and (${given('ofTable')} = 0 or lanes.table_name = ${given('table')})
    ) as completed
    group by slot order by slot
  `.compile(db),
);

interface TableRow {
  readonly sourceId: number;
  readonly table: string;
  readonly lastLoadedAt: number | null;
  readonly error: string | null;
  readonly loads: number;
  readonly rowsLoaded: number;
  readonly rowsRejected: number;
  readonly batchesWaiting: number;
  readonly bytesWaiting: number;
  readonly waitingSince: number | null;
}

/** Counts of what waits come from the totals of each lane, and its age from the oldest batch: there may be very many. */
const tables = statement<Wanted>()((db, given) =>
  sql<TableRow>`
    with wanted as (
      select lanes.* from lanes join sources on sources.id = lanes.source_id
      where lanes.account_id = ${given('accountId')} and sources.deleted_at is null
        and sources.replay_of is null and (${given('ofSource')} = 0 or lanes.source_id = ${given('sourceId')})
        and (${given('ofTable')} = 0 or lanes.table_name = ${given('table')})
    ),
    done as (
      select lane_id, count(*) as loads, sum(rows_loaded) as rows_loaded, sum(rows_rejected) as rows_rejected
      from loads
      where account_id = ${given('accountId')} and completed_at >= ${given('since')}
      group by lane_id
    ),
    waiting as (
      select lane_id, sum(batches) as batches, sum(raw_bytes) as bytes
      from lane_totals where outcome = 'waiting' and lane_id in (select id from wanted)
      group by lane_id
    )
    select wanted.source_id as "sourceId", wanted.table_name as "table",
      wanted.last_loaded_at as "lastLoadedAt", wanted.error as error,
      coalesce(done.loads, 0) as "loads", coalesce(done.rows_loaded, 0) as "rowsLoaded",
      coalesce(done.rows_rejected, 0) as "rowsRejected",
      coalesce(waiting.batches, 0) as "batchesWaiting", coalesce(waiting.bytes, 0) as "bytesWaiting",
      (
        select received_at from batches where position = coalesce(
          (select min(first_position) from loads where lane_id = wanted.id and completed_at is null),
          (select min(position) from batches where lane_id = wanted.id and outcome is null and load_id is null)
        )
      ) as "waitingSince"
    from wanted
    left join done on done.lane_id = wanted.id
    left join waiting on waiting.lane_id = wanted.id
    order by wanted.source_id, wanted.table_name
  `.compile(db),
);

/** Sums come as texts from PostgreSQL. */
export function* readActivity({
  accountId,
  since,
  stepMilliseconds,
  sourceId,
  table,
}: ActivityFilter & { accountId: number }): Work<Activity> {
  const wanted: Wanted = {
    accountId,
    since,
    step: stepMilliseconds,
    ofSource: sourceId === undefined ? 0 : 1,
    sourceId: sourceId ?? 0,
    ofTable: table === undefined ? 0 : 1,
    table: table ?? '',
  };
  const found = yield* all(points, wanted);
  const rows = yield* all(tables, wanted);
  return {
    points: found.map(({ at, ...counts }) => ({ at: Number(at), ...toNumbers(counts) })),
    tables: rows.map(({ batchesWaiting, bytesWaiting, error, ...row }) => ({
      ...row,
      ...toNumbers(row),
      batchesWaiting: Number(batchesWaiting),
      bytesWaiting: Number(bytesWaiting),
      error: error === null ? null : (JSON.parse(error) as StreamError),
    })),
  };
}

const toNumbers = ({ loads, rowsLoaded, rowsRejected }: Omit<ActivityPoint, 'at'>) => ({
  loads: Number(loads),
  rowsLoaded: Number(rowsLoaded),
  rowsRejected: Number(rowsRejected),
});
