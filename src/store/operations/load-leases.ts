import type { StreamError } from '../../model/source.ts';
import type { CompletedLoad } from '../load-store.ts';
import { type Context, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { addToTotals, takeFromTotals } from './batch-totals.ts';
import { tellFailed, tellLoaded } from './hook-news.ts';
import { freeLane, holdLease, type Lease } from './lane-row.ts';
import { keepResult } from './load-results.ts';
import { getLoad } from './load-row.ts';

const prolong = statement<Lease & { until: number }>()((db, given) =>
  db
    .updateTable('lanes')
    .set({ lease_until: given('until') })
    .where('load_id', '=', given('loadId'))
    .where('fence', '=', given('fence'))
    .where('owner', 'is not', null),
);

const endBatches = statement<{ loadId: string; now: number }>()((db, given) =>
  db
    .updateTable('batches')
    .set({ outcome: 'loaded', ended_at: given('now') })
    .where('load_id', '=', given('loadId')),
);

type StoredResult = Omit<CompletedLoad, 'result' | 'place'> & { place: string | null; now: number };

const storeResult = statement<StoredResult>()((db, given) =>
  db
    .updateTable('loads')
    .set({
      completed_at: given('now'),
      rows_loaded: given('rowsLoaded'),
      rows_rejected: given('rowsRejected'),
      dropped_as_older: given('droppedAsOlder'),
      place: given('place'),
      missing_at: null,
    })
    .where('id', '=', given('loadId')),
);

const recover = statement<{ id: number; fence: number | null; now: number }>()((db, given) =>
  db
    .updateTable('lanes')
    .set({
      last_loaded_at: given('now'),
      loaded_fence: given('fence'),
      retry_at: null,
      blocked: 0,
      error: null,
    })
    .where('id', '=', given('id')),
);

/** Where a replay and the lane that it repeats lead to one destination, the lane goes on above the replay's fences. */
const raiseOrigin = statement<{ originId: number; fence: number }>()((db, given) =>
  db
    .updateTable('lanes')
    .set({ fence: given('fence') })
    .where('id', '=', given('originId'))
    .where('owner', 'is', null)
    .where('fence', '<', given('fence')),
);

const rest = statement<{ id: number; now: number; retryAt: number; blocked: number; error: string }>()(
  (db, given) =>
    db
      .updateTable('lanes')
      .set({
        retry_at: given('retryAt'),
        blocked: given('blocked'),
        error: given('error'),
        last_attempt_at: given('now'),
      })
      .where('id', '=', given('id')),
);

/** More than any lane is given between a backup and its restoring; doubles count a million of them exactly. */
const leapWidth = 2 ** 32;

const leap = statement<{ id: number; fence: number }>()((db, given) =>
  db
    .updateTable('lanes')
    .set({ fence: given('fence') })
    .where('id', '=', given('id')),
);

const uncount = statement<{ loadId: string; attempts: number }>()((db, given) =>
  db
    .updateTable('loads')
    .set({ attempts: given('attempts') })
    .where('id', '=', given('loadId')),
);

const countCrashes = statement()((db) =>
  db
    .updateTable('loads')
    .set(({ eb }) => ({ crashes: eb('crashes', '+', 1) }))
    .where('completed_at', 'is', null)
    .where('crashes', '>=', 0)
    .where(
      'id',
      'in',
      db.selectFrom('lanes').select('load_id').where('owner', 'is not', null).$castTo<{ load_id: string }>(),
    ),
);

const blame = statement<{ loadId: string; crashes: number }>()((db, given) =>
  db
    .updateTable('loads')
    .set({ crashes: given('crashes') })
    .where('id', '=', given('loadId')),
);

const freeAll = statement()((db) =>
  db
    .updateTable('lanes')
    .set({ owner: null, lease_until: null, load_id: null })
    .where('owner', 'is not', null),
);

export function* heartbeatLoad(
  { leaseMilliseconds, ...lease }: Lease & { leaseMilliseconds: number },
  { now }: Context,
): Work<boolean> {
  return (yield* run(prolong, { ...lease, until: now + leaseMilliseconds })) > 0;
}

export function* completeLoad(result: CompletedLoad, context: Context): Work<boolean> {
  const lane = yield* holdLease(result);
  const load = yield* getLoad(result.loadId);
  // Told twice, because the first answer was lost on its way.
  if (!lane || !load) return load?.completed_at != null && load.fence === result.fence;
  const { now } = context;
  yield* run(endBatches, { loadId: load.id, now });
  const { loadId, fence, rowsLoaded, rowsRejected, droppedAsOlder } = result;
  const place = result.place ? JSON.stringify(result.place) : null;
  yield* run(storeResult, { loadId, fence, rowsLoaded, rowsRejected, droppedAsOlder, place, now });
  if (result.result) {
    yield* keepResult(result.result, { lane, load, now });
    yield* tellLoaded(lane, load, result.result, context);
  }
  // A replay is not compared with what a destination remembers: the lane that it repeats is, where both lead there.
  yield* run(recover, { id: lane.id, fence: lane.origin_id === null ? fence : null, now });
  if (lane.origin_id !== null) yield* run(raiseOrigin, { originId: lane.origin_id, fence });
  yield* freeLane(lane);
  yield* takeFromTotals(lane, 'waiting', load);
  yield* addToTotals(lane, 'loaded', load);
  context.notify('loads');
  return true;
}

export interface FailedLoad extends Lease {
  readonly error: StreamError;
  readonly blocked: boolean;
  readonly retryAt: number;
  readonly fencedOff?: boolean;
}

export function* failLoad(
  { error, blocked, retryAt, fencedOff = false, ...lease }: FailedLoad,
  context: Context,
): Work<boolean> {
  const lane = yield* holdLease(lease);
  if (!lane) return false;
  const before = lane.error === null ? null : (JSON.parse(lane.error) as StreamError);
  const shown: StreamError = { ...error, since: before?.since ?? error.since };
  yield* run(rest, {
    id: lane.id,
    now: context.now,
    retryAt,
    blocked: blocked ? 1 : 0,
    error: JSON.stringify(shown),
  });
  if (fencedOff) yield* run(leap, { id: lane.id, fence: lane.fence + leapWidth });
  yield* freeLane(lane);
  yield* tellFailed(lane, yield* getLoad(lease.loadId), { error, blocked }, context);
  return true;
}

export function* releaseLoad(lease: Lease, context: Context): Work<void> {
  const lane = yield* holdLease(lease);
  const load = lane && (yield* getLoad(lease.loadId));
  if (!load) return;
  yield* run(uncount, { loadId: load.id, attempts: Math.max(0, load.attempts - 1) });
  yield* freeLane(lane);
  context.notify('loads');
}

export function* blameLoad({ isToBlame, ...lease }: Lease & { isToBlame: boolean }): Work<void> {
  const lane = yield* holdLease(lease);
  const load = lane && (yield* getLoad(lease.loadId));
  if (!load) return;
  const crashes = Math.abs(load.crashes);
  yield* run(blame, { loadId: load.id, crashes: isToBlame ? crashes : -crashes });
}

/** For a store whose only process has just started: whoever loaded a lane is gone. */
export function* freeLoadLeases(): Work<void> {
  yield* run(countCrashes, {});
  yield* run(freeAll, {});
}
