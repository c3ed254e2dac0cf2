import type { Discard, DiscardedBatch } from '../discard.ts';
import { type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { state } from './batch-reads.ts';
import { takeFromTotals } from './batch-totals.ts';
import { freeLane, holdLane, holdLease, type LaneRow, type Lease } from './lane-row.ts';
import { batchesOfLoad, dissolveLoad, getLoad } from './load-row.ts';

export interface WantedBatch {
  readonly accountId: number;
  readonly sourceId: number;
  readonly id: string;
}

const wantedBatch = statement<WantedBatch>()((db, given) =>
  db
    .selectFrom('batches')
    .innerJoin('lanes', 'lanes.id', 'batches.lane_id')
    .innerJoin('sources', 'sources.id', 'lanes.source_id')
    .innerJoin('accounts', 'accounts.id', 'lanes.account_id')
    .leftJoin('destinations', 'destinations.id', 'sources.destination_id')
    .select([
      'batches.id',
      'batches.lane_id',
      'batches.load_id',
      'batches.outcome',
      'batches.records',
      'batches.raw_bytes',
      'batches.stored_bytes',
      'lanes.table_name',
      state.as('state'),
    ])
    .where('batches.id', '=', given('id'))
    .where('batches.source_id', '=', given('sourceId'))
    .where('batches.account_id', '=', given('accountId'))
    .where(({ eb, or }) => or([eb('batches.outcome', 'is', null), eb('batches.outcome', '<>', 'discarded')])),
);

const discard = statement<{ id: string }>()((db, given) =>
  db
    .updateTable('batches')
    .set({ outcome: 'discarded', ended_at: 0, load_id: null, error: null })
    .where('id', '=', given('id')),
);

const ask = statement<{ id: string; now: number }>()((db, given) =>
  db
    .updateTable('batches')
    .set({ discard_asked_at: given('now') })
    .where('id', '=', given('id')),
);

/** It is tried at once; what was wrong with it may be gone. */
const wake = statement<{ id: number }>()((db, given) =>
  db.updateTable('lanes').set({ retry_at: null }).where('id', '=', given('id')),
);

const forgive = statement<{ id: number }>()((db, given) =>
  db.updateTable('lanes').set({ retry_at: null, blocked: 0, error: null }).where('id', '=', given('id')),
);

/**
 * Discards a batch that waits for somebody, or is quarantined. One whose load was handed out before may stand in the
 * destination, however it ended: that one is only marked, and whoever carries the load next finds out.
 */
export function* discardBatch(wanted: WantedBatch, context: Context): Work<Discard> {
  const seen = yield* first(wantedBatch, wanted);
  const lane = seen && (yield* holdLane(seen.lane_id));
  const batch = lane && (yield* first(wantedBatch, wanted));
  if (!batch) return { kind: 'unknown' };
  const { id, table_name: table, records, raw_bytes: rawBytes, load_id: loadId } = batch;
  const told = { id, table, records, rawBytes };
  if (batch.state === 'quarantined') {
    yield* take(lane, batch);
    return { kind: 'discarded', batch: told };
  }
  // While anything of the lane is loaded, its next load may be on its way too.
  if (batch.state !== 'blocked' || lane.owner !== null) return { kind: 'not_waiting', state: batch.state };
  const load = loadId === null ? undefined : yield* getLoad(loadId);
  if (load && load.fence > 0) {
    yield* run(ask, { id, now: context.now });
    yield* run(wake, { id: lane.id });
    context.notify('loads');
    return { kind: 'asked', batch: told };
  }
  yield* take(lane, batch);
  if (load) yield* dissolveLoad(load.id);
  context.notify('loads');
  return { kind: 'discarded', batch: told };
}

/**
 * For a load whose mark is known not to stand in the destination: discards what somebody does not want of it, and takes
 * the plan apart.
 */
export function* discardAsked(lease: Lease, context: Context): Work<DiscardedBatch[]> {
  const lane = yield* holdLease(lease);
  if (!lane) return [];
  const batches = yield* batchesOfLoad(lease.loadId);
  const unwanted = batches.filter((batch) => batch.discard_asked_at !== null);
  for (const batch of unwanted) yield* take(lane, { ...batch, outcome: null });
  yield* dissolveLoad(lease.loadId);
  yield* run(forgive, { id: lane.id });
  yield* freeLane(lane);
  context.notify('loads');
  return unwanted.map(({ id, records, raw_bytes: rawBytes }) => ({
    id,
    table: lane.table_name,
    records,
    rawBytes,
  }));
}

interface Counted {
  readonly id: string;
  readonly outcome: string | null;
  readonly raw_bytes: number;
  readonly stored_bytes: number;
}

function* take(lane: LaneRow, { id, outcome, raw_bytes, stored_bytes }: Counted): Work<void> {
  yield* run(discard, { id });
  const amount = { batches: 1, raw_bytes, stored_bytes };
  yield* takeFromTotals(lane, outcome === null ? 'waiting' : 'quarantined', amount);
}
