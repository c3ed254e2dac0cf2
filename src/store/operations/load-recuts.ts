import type { Recut } from '../load-store.ts';
import { type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { addToTotals, takeFromTotals } from './batch-totals.ts';
import { tellQuarantined } from './hook-news.ts';
import { freeLane, holdLease, type Lease } from './lane-row.ts';
import { addLoad, batchesOfLoad, dissolveLoad, getLoad } from './load-row.ts';

const setAside = statement<{ loadId: string; id: string; error: string; now: number }>()((db, given) =>
  db
    .updateTable('batches')
    .set({ outcome: 'quarantined', ended_at: given('now'), error: given('error'), load_id: null })
    .where('id', '=', given('id'))
    .where('load_id', '=', given('loadId'))
    .where('outcome', 'is', null)
    .returning(['raw_bytes', 'stored_bytes']),
);

const suspect = statement<{ loadId: string }>()((db, given) =>
  db.updateTable('batches').set({ suspect: 1 }).where('load_id', '=', given('loadId')),
);

export interface Quarantine extends Lease {
  readonly batchIds: readonly string[];
  readonly error: string;
}

export function* quarantineBatches({ batchIds, error, ...lease }: Quarantine, context: Context): Work<void> {
  const lane = yield* holdLease(lease);
  if (!lane) return;
  for (const id of batchIds) {
    const row = yield* first(setAside, { loadId: lease.loadId, id, error, now: context.now });
    if (!row) continue;
    yield* takeFromTotals(lane, 'waiting', { batches: 1, ...row });
    yield* addToTotals(lane, 'quarantined', { batches: 1, ...row });
  }
  yield* tellQuarantined(lane, yield* getLoad(lease.loadId), { batchIds, error }, context);
  yield* dissolveLoad(lease.loadId);
  yield* freeLane(lane);
  context.notify('loads');
}

export interface Split extends Lease {
  readonly crashes: number;
  readonly mark: boolean;
  /** For the parts, of which there are as many, or as many as there are batches. */
  readonly newIds: readonly string[];
}

export function* splitLoad({ newIds, crashes, mark, ...lease }: Split, context: Context): Work<Recut> {
  const lane = yield* holdLease(lease);
  const load = lane && (yield* getLoad(lease.loadId));
  if (!load) return 'lost';
  const batches = yield* batchesOfLoad(load.id);
  if (mark || batches.length === 1) yield* run(suspect, { loadId: load.id });
  if (batches.length === 1) return 'suspect';
  yield* dissolveLoad(load.id);
  const { account_id, lane_id, destination_id, revision, batched_at } = load;
  const bound = { account_id, lane_id, destination_id, revision, batched_at, crashes };
  const size = Math.ceil(batches.length / newIds.length);
  for (const [at, id] of newIds.entries()) {
    const part = batches.slice(at * size, (at + 1) * size);
    if (part.length > 0) yield* addLoad({ ...bound, id }, part);
  }
  yield* freeLane(lane);
  context.notify('loads');
  return 'cut';
}
