import { sql } from 'kysely';
import type { TableResult } from '../../model/load-result.ts';
import type { StreamError } from '../../model/source.ts';
import type { BatchState, WaitReason } from '../load-store.ts';
import { all, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { resting } from './lane-rest.ts';

interface Wanted {
  readonly accountId: number;
  readonly sourceId: number;
  readonly limit: number;
}

/** What a batch is doing, seen from its lane. */
export const state = sql<BatchState['state']>`case
  when batches.outcome is not null then batches.outcome
  when lanes.owner is not null and batches.load_id = lanes.load_id then 'loading'
  when lanes.blocked = 1 or ${resting} then 'blocked'
  else 'ready'
end`;

const waitsFor = sql<WaitReason | null>`case
  when accounts.suspended_at is not null then 'account_suspended'
  when sources.paused_at is not null or sources.system_paused_at is not null then 'source_paused'
  when sources.destination_id is null then 'unmapped'
  when destinations.id is null or destinations.deleted_at is not null then 'destination_deleted'
  when destinations.system_paused_at is not null then 'destination_refuses'
end`;

const listing = (one: 'table' | 'all') =>
  statement<Wanted & { table: string; anyState: number; state: string }>()((db, given) => {
    const listed = db
      .selectFrom('batches')
      .innerJoin('lanes', 'lanes.id', 'batches.lane_id')
      .innerJoin('sources', 'sources.id', 'lanes.source_id')
      .innerJoin('accounts', 'accounts.id', 'lanes.account_id')
      .leftJoin('destinations', 'destinations.id', 'sources.destination_id')
      .leftJoin('loads', 'loads.id', 'batches.load_id')
      .select([
        'batches.id',
        'lanes.table_name as table',
        state.as('state'),
        waitsFor.as('waitsFor'),
        'batches.records',
        'batches.raw_bytes as rawBytes',
        'batches.received_at as receivedAt',
        'batches.outcome',
        'batches.error as ownError',
        'lanes.error as laneError',
        'lanes.retry_at as retryAt',
        'batches.load_id as loadId',
        'loads.completed_at as completedAt',
        'loads.rows_loaded as rowsLoaded',
        'loads.rows_rejected as rowsRejected',
        'loads.dropped_as_older as droppedAsOlder',
        'loads.tables',
      ])
      .where('batches.source_id', '=', given('sourceId'))
      .where('batches.account_id', '=', given('accountId'))
      .where(({ eb, or }) =>
        or([eb('batches.outcome', 'is', null), eb('batches.outcome', '<>', 'discarded')]),
      )
      .where(({ eb, or }) =>
        or([sql<boolean>`1 = ${given('anyState')}`, eb(state, '=', given('state') as BatchState['state'])]),
      )
      .orderBy('batches.position', 'desc')
      .limit(given('limit'));
    return one === 'table' ? listed.where('lanes.table_name', '=', given('table')) : listed;
  });

const ofSource = listing('all');
const ofTable = listing('table');

/** From the totals of each lane, not from the batches: there may be very many. */
const laneBacklogs = statement()((db) =>
  db
    .selectFrom('lane_totals')
    .innerJoin('lanes', 'lanes.id', 'lane_totals.lane_id')
    .innerJoin('sources', 'sources.id', 'lanes.source_id')
    .innerJoin('accounts', 'accounts.id', 'lanes.account_id')
    .leftJoin('destinations', 'destinations.id', 'sources.destination_id')
    .leftJoin('loads', (on) => on.onRef('loads.id', '=', 'lanes.load_id').on('lanes.owner', 'is not', null))
    .select(({ fn, cast }) => [
      'lane_totals.outcome',
      cast<number>(fn.sum('lane_totals.batches'), 'bigint').as('batches'),
      cast<number>(fn.sum('lane_totals.raw_bytes'), 'bigint').as('bytes'),
      fn.max('loads.batches').as('loadingBatches'),
      fn.max('loads.raw_bytes').as('loadingBytes'),
      sql<number>`max(case when lanes.blocked = 1 or ${resting} then 1 else 0 end)`.as('blocked'),
    ])
    .where('lane_totals.outcome', 'in', ['waiting', 'quarantined'])
    .groupBy(['lane_totals.lane_id', 'lane_totals.outcome'])
    .having(({ fn, eb, lit }) => eb(fn.sum('lane_totals.batches'), '<>', lit(0))),
);

export function* listBatches({
  filter,
  ...of
}: {
  accountId: number;
  sourceId: number;
  filter: { table?: string; state?: BatchState['state']; limit: number };
}): Work<BatchState[]> {
  const { table, state: wanted, limit } = filter;
  const rows = yield* all(table === undefined ? ofSource : ofTable, {
    ...of,
    limit,
    table: table ?? '',
    anyState: wanted === undefined ? 1 : 0,
    state: wanted ?? '',
  });
  return rows.map(toBatchState);
}

function toBatchState(row: ListedBatch): BatchState {
  const { id, table, state, records, rawBytes, receivedAt, loadId } = row;
  const waits = row.outcome === null;
  const laneError = waits && row.laneError !== null ? (JSON.parse(row.laneError) as StreamError) : null;
  return {
    id,
    table,
    state,
    records,
    rawBytes,
    receivedAt,
    lastError: row.ownError === null ? laneError : { message: row.ownError },
    waitsFor: waits ? row.waitsFor : null,
    retryAt: waits && laneError !== null ? row.retryAt : null,
    load:
      loadId === null
        ? null
        : {
            id: loadId,
            completedAt: row.completedAt,
            rowsLoaded: row.rowsLoaded,
            rowsRejected: row.rowsRejected,
            droppedAsOlder: row.droppedAsOlder,
            tables: row.tables === null ? [] : (JSON.parse(row.tables) as TableResult[]),
          },
  };
}

interface ListedBatch {
  readonly id: string;
  readonly table: string;
  readonly state: BatchState['state'];
  readonly waitsFor: WaitReason | null;
  readonly records: number;
  readonly rawBytes: number;
  readonly receivedAt: number;
  readonly outcome: string | null;
  readonly ownError: string | null;
  readonly laneError: string | null;
  readonly retryAt: number | null;
  readonly loadId: string | null;
  readonly completedAt: number | null;
  readonly rowsLoaded: number | null;
  readonly rowsRejected: number | null;
  readonly droppedAsOlder: number | null;
  readonly tables: string | null;
}

export function* readBacklog(): Work<{ state: BatchState['state']; batches: number; bytes: number }[]> {
  const sums = new Map<BatchState['state'], { batches: number; bytes: number }>(
    (['ready', 'loading', 'blocked', 'quarantined'] as const).map((name) => [name, { batches: 0, bytes: 0 }]),
  );
  const add = (name: BatchState['state'], batches: number, bytes: number) => {
    const sum = sums.get(name);
    if (!sum) return;
    sum.batches += batches;
    sum.bytes += bytes;
  };
  for (const lane of yield* all(laneBacklogs, {})) {
    if (lane.outcome === 'quarantined') {
      add('quarantined', lane.batches, lane.bytes);
      continue;
    }
    const loading = { batches: lane.loadingBatches ?? 0, bytes: lane.loadingBytes ?? 0 };
    add('loading', loading.batches, loading.bytes);
    add(lane.blocked === 1 ? 'blocked' : 'ready', lane.batches - loading.batches, lane.bytes - loading.bytes);
  }
  return [...sums].map(([name, sum]) => ({ state: name, ...sum }));
}
