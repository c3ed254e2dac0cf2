import type { Completion, NextLoad, PlannedLoad, Succession } from '../load-store.ts';
import { all, type Context, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { resting } from './lane-rest.ts';
import { holdLease, type LaneRow, type Lease } from './lane-row.ts';
import { loadCandidates } from './load-candidates.ts';
import { completeLoad } from './load-leases.ts';
import { describePlan, firstPlanned, leaseLoad, oldestLoad, whereTo } from './load-plans.ts';
import { getLoad, type LoadRow } from './load-row.ts';

/**
 * The load after the one that is under way in a lane. It is planned under the lease of that one, and becomes a load
 * under way in the commit that completes it: so at any time a lane has one lease, one fence and one load that may merge.
 */

/** Whether a lane leads where it led when this load was bound, and nobody has to act first. */
const leadsThere = statement<{ id: number; destinationId: number; revision: number }>()((db, given) =>
  db
    .selectFrom('lanes')
    .innerJoin('sources', 'sources.id', 'lanes.source_id')
    .innerJoin('accounts', 'accounts.id', 'lanes.account_id')
    .innerJoin('destinations', 'destinations.id', 'sources.destination_id')
    .select('lanes.id')
    .where('lanes.id', '=', given('id'))
    .where('destinations.id', '=', given('destinationId'))
    .where('destinations.revision', '=', given('revision'))
    .where(({ not }) => not(resting)),
);

const plannedAfter = statement<{ laneId: number; position: number }>()((db, given) =>
  db
    .selectFrom('loads')
    .selectAll()
    .where('lane_id', '=', given('laneId'))
    .where('completed_at', 'is', null)
    .where('first_position', '>', given('position'))
    .orderBy('first_position')
    .limit(1),
);

export interface NextWork extends NextLoad {
  /** For a load that is planned anew. */
  readonly newId: string;
}

export function* planNextLoad(input: NextWork, context: Context): Work<PlannedLoad | null> {
  const held = yield* heldLoad(input);
  // After a load that nobody lived through nothing is begun ahead: which of two was to blame could not be told.
  if (held?.load.crashes !== 0) return null;
  const { lane, load: current } = held;
  if (!(yield* goesOn(lane, current))) return null;
  if (input.unlessOthersWait && (yield* othersWait(context))) return null;
  const led = yield* whereTo(lane);
  if (!led) return null;
  const planned = yield* first(plannedAfter, { laneId: lane.id, position: current.first_position });
  const load = yield* oldestLoad({ lane, ...led, planned }, input.newId, input, context);
  if (!load || load.raw_bytes < input.minBytes || load.crashes !== 0) return null;
  return yield* describePlan(
    { lane, ...led, load },
    { fence: lane.fence + 1, crashes: 0, standingFence: lane.fence },
  );
}

export function* completeAndGoOn(
  { done, next, leaseMilliseconds }: Succession,
  context: Context,
): Work<Completion> {
  // Told twice, because the first answer was lost on its way.
  if (yield* holdLease(next)) return 'gone_on';
  const lane = yield* holdLease(done);
  if (!(yield* completeLoad(done, context))) return 'lost';
  const load = lane && (yield* getLoad(next.loadId));
  if (!load || next.fence !== lane.fence + 1) return 'completed';
  if (load.id !== (yield* firstPlanned(lane))?.id || !(yield* goesOn(lane, load))) return 'completed';
  const led = yield* whereTo(lane);
  if (!led || lane.owner === null) return 'completed';
  const lease = { owner: lane.owner, leaseMilliseconds, fence: next.fence, crashes: load.crashes };
  yield* leaseLoad({ lane, load, destination: led.destination }, lease, context);
  return 'gone_on';
}

function* heldLoad(lease: Lease): Work<{ readonly lane: LaneRow; readonly load: LoadRow } | null> {
  const lane = yield* holdLease(lease);
  const load = lane && (yield* getLoad(lease.loadId));
  return load ? { lane, load } : null;
}

function* goesOn({ id }: LaneRow, load: LoadRow): Work<boolean> {
  const { destination_id: destinationId, revision } = load;
  return (yield* first(leadsThere, { id, destinationId, revision })) !== undefined;
}

/** Whether there are lanes that could be loaded and are not. */
function* othersWait({ now }: Context): Work<boolean> {
  const anyNumber = Number.MAX_SAFE_INTEGER;
  const waiting = yield* all(loadCandidates, {
    now,
    cameBefore: now,
    enoughBytes: 0,
    lanesPerAccount: anyNumber,
    lanesPerDestination: anyNumber,
    limit: 1,
  });
  return waiting.length > 0;
}
