import type { Change } from '../../model/destination.ts';
import type { TableResult } from '../../model/load-result.ts';
import type { StreamError } from '../../model/source.ts';
import type { Lately } from '../event-store.ts';
import { all, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { toCheck } from './check-row.ts';
import { unpackRejections } from './rejection-entries.ts';
import { toldColumns } from './schema-changes.ts';

interface Wanted {
  readonly accountId: number;
  readonly since: number;
  readonly limit: number;
}

const runningChecks = statement<Wanted>()((db, given) =>
  db
    .selectFrom('checks')
    .selectAll()
    .where('account_id', '=', given('accountId'))
    .where('status', '=', 'running')
    .limit(given('limit')),
);

const endedChecks = statement<Wanted>()((db, given) =>
  db
    .selectFrom('checks')
    .selectAll()
    .where('account_id', '=', given('accountId'))
    .where('completed_at', '>=', given('since'))
    .orderBy('completed_at', 'desc')
    .limit(given('limit')),
);

const loadColumns = [
  'loads.id as loadId',
  'loads.destination_id as destinationId',
  'loads.batched_at as batchedAt',
  'loads.batches',
  'loads.raw_bytes as bytes',
  'sources.id as sourceId',
  'sources.name as sourceName',
  'lanes.table_name as table',
] as const;

const plannedLoads = statement<Wanted>()((db, given) =>
  db
    .selectFrom('lanes')
    .innerJoin('loads', 'loads.id', 'lanes.load_id')
    .innerJoin('sources', 'sources.id', 'lanes.source_id')
    .select(loadColumns)
    .where('lanes.account_id', '=', given('accountId'))
    .where('lanes.owner', 'is not', null)
    .limit(given('limit')),
);

const endedLoads = statement<Wanted>()((db, given) =>
  db
    .selectFrom('loads')
    .innerJoin('lanes', 'lanes.id', 'loads.lane_id')
    .innerJoin('sources', 'sources.id', 'lanes.source_id')
    .select([
      ...loadColumns,
      'loads.completed_at as completedAt',
      'loads.rows_loaded as rowsLoaded',
      'loads.rows_rejected as rowsRejected',
      'loads.dropped_as_older as droppedAsOlder',
      'loads.tables',
    ])
    .where('loads.account_id', '=', given('accountId'))
    .where('loads.completed_at', '>=', given('since'))
    .orderBy('loads.completed_at', 'desc')
    .limit(given('limit')),
);

const failingTables = statement<Wanted>()((db, given) =>
  db
    .selectFrom('lanes')
    .innerJoin('sources', 'sources.id', 'lanes.source_id')
    .select([
      'lanes.source_id as sourceId',
      'sources.name as sourceName',
      'lanes.table_name as table',
      'lanes.last_attempt_at as at',
      'lanes.error',
      'lanes.blocked',
      'lanes.retry_at as retryAt',
    ])
    .where('lanes.account_id', '=', given('accountId'))
    .where('lanes.last_attempt_at', '>=', given('since'))
    .where('lanes.error', 'is not', null)
    // While it is being tried again, the error is that of the time before.
    .where('lanes.owner', 'is', null)
    .orderBy('lanes.last_attempt_at', 'desc')
    .limit(given('limit')),
);

const rejectedParts = statement<Wanted>()((db, given) =>
  db
    .selectFrom('rejections')
    .innerJoin('lanes', 'lanes.id', 'rejections.lane_id')
    .innerJoin('sources', 'sources.id', 'rejections.source_id')
    .select([
      'rejections.id',
      'rejections.load_id as loadId',
      'rejections.batch_id as batchId',
      'rejections.rejected_at as at',
      'rejections.records',
      'rejections.entries',
      'sources.id as sourceId',
      'sources.name as sourceName',
      'lanes.table_name as table',
    ])
    .where('rejections.account_id', '=', given('accountId'))
    .where('rejections.rejected_at', '>=', given('since'))
    .orderBy('rejections.rejected_at', 'desc')
    .limit(given('limit')),
);

const tableChanges = statement<Wanted>()((db, given) =>
  db
    .selectFrom('schema_changes')
    .innerJoin('sources', 'sources.id', 'schema_changes.source_id')
    .select(['schema_changes.id', ...toldColumns])
    .where('schema_changes.account_id', '=', given('accountId'))
    .where('schema_changes.changed_at', '>=', given('since'))
    .orderBy('schema_changes.changed_at', 'desc')
    .limit(given('limit')),
);

/** So many changes of one destination are looked at: its history is not kept by time. */
const newestOfDestination = 20;

const destinationChanges = statement<Wanted>()((db, given) =>
  db
    .selectFrom('destinations')
    .innerJoin('destination_changes', 'destination_changes.destination_id', 'destinations.id')
    .select([
      'destination_changes.destination_id as destinationId',
      'destination_changes.number',
      'destination_changes.revision',
      'destination_changes.at',
      'destination_changes.actor',
      'destination_changes.action',
      'destination_changes.changes',
    ])
    .where('destinations.account_id', '=', given('accountId'))
    .where('destination_changes.at', '>=', given('since'))
    .where(({ eb, ref }) =>
      eb('destination_changes.number', '>', eb(ref('destinations.change_count'), '-', newestOfDestination)),
    )
    .orderBy('destination_changes.at', 'desc')
    .limit(given('limit')),
);

export function* readLately(wanted: Wanted, { now }: { readonly now: number }): Work<Lately> {
  const running = yield* all(runningChecks, wanted);
  const ended = yield* all(endedChecks, wanted);
  const planned = yield* all(plannedLoads, wanted);
  const loaded = yield* all(endedLoads, wanted);
  const failed = yield* all(failingTables, wanted);
  const rejected = yield* all(rejectedParts, wanted);
  const tables = yield* all(tableChanges, wanted);
  const destinations = yield* all(destinationChanges, wanted);
  const lists = [ended, loaded, failed, rejected, tables, destinations];
  return {
    now,
    more: lists.some(({ length }) => length === wanted.limit),
    running: running.map(toCheck),
    ended: ended.map(toCheck),
    planned,
    loaded: loaded.map((load) => ({
      ...load,
      completedAt: load.completedAt ?? 0,
      rowsLoaded: load.rowsLoaded ?? 0,
      rowsRejected: load.rowsRejected ?? 0,
      droppedAsOlder: load.droppedAsOlder ?? 0,
      tables: load.tables === null ? [] : (JSON.parse(load.tables) as TableResult[]),
    })),
    failed: failed.map(({ at, error, blocked, ...table }) => ({
      ...table,
      at: at ?? 0,
      error: JSON.parse(error ?? '{}') as StreamError,
      blocked: blocked === 1,
    })),
    rejected: rejected.map(({ entries, ...part }) => {
      const unpacked = unpackRejections(entries);
      return { ...part, values: unpacked.length - part.records, reason: unpacked[0]?.reason ?? '' };
    }),
    tableChanges: tables.map(({ views, ...change }) => ({
      ...change,
      dependentViews: JSON.parse(views) as string[],
    })),
    destinationChanges: destinations.map(({ changes, ...change }) => ({
      ...change,
      properties: (JSON.parse(changes) as Change['changes']).map(({ property }) => property),
    })),
  };
}
