import { assert } from '../../errors/bug.ts';
import { crashesBeforeSuspicion, type PlanInput, type PlannedLoad } from '../load-store.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { type Cut, cutLoad } from './cut-load.ts';
import { type DestinationRow, sealedOf, toDestination } from './destination-row.ts';
import { hostKeysForCheck } from './host-keys.ts';
import type { LaneRow } from './lane-row.ts';
import { loadCandidates } from './load-candidates.ts';
import { addLoad, batchesOfLoad, type LoadRow, plannedColumns } from './load-row.ts';
import { type SourceRow, toSource } from './source-row.ts';

/** A lane that another process is looking at is left to it; what the candidates were chosen for is asked again. */
const takeLane = statement<{ id: number; now: number }>()((db, given) =>
  db
    .selectFrom('lanes')
    .selectAll()
    .where('id', '=', given('id'))
    .where(({ eb, or }) => or([eb('owner', 'is', null), eb('lease_until', '<=', given('now'))]))
    .where(({ eb, or }) => or([eb('retry_at', 'is', null), eb('retry_at', '<=', given('now'))]))
    .forNoKeyUpdate()
    .skipLocked(),
);

const liveSource = statement<{ id: number }>()((db, given) =>
  db
    .selectFrom('sources')
    .selectAll()
    .where('id', '=', given('id'))
    .where('deleted_at', 'is', null)
    .where('paused_at', 'is', null),
);

const liveDestination = statement<{ id: number }>()((db, given) =>
  db.selectFrom('destinations').selectAll().where('id', '=', given('id')).where('deleted_at', 'is', null),
);

const nextPlanned = statement<{ laneId: number }>()((db, given) =>
  db
    .selectFrom('loads')
    .selectAll()
    .where('lane_id', '=', given('laneId'))
    .where('completed_at', 'is', null)
    .orderBy('first_position')
    .limit(1),
);

const unplannedBatches = statement<{ laneId: number; before: number; limit: number }>()((db, given) =>
  db
    .selectFrom('batches')
    .select(plannedColumns)
    .where('lane_id', '=', given('laneId'))
    .where('outcome', 'is', null)
    .where('load_id', 'is', null)
    .where('position', '<', given('before'))
    .orderBy('position')
    .limit(given('limit')),
);

const handOut = statement<{
  loadId: string;
  fence: number;
  attempts: number;
  crashes: number;
  destinationId: number;
  revision: number;
}>()((db, given) =>
  db
    .updateTable('loads')
    .set({
      fence: given('fence'),
      attempts: given('attempts'),
      crashes: given('crashes'),
      destination_id: given('destinationId'),
      revision: given('revision'),
    })
    .where('id', '=', given('loadId')),
);

const lease = statement<{
  id: number;
  loadId: string;
  fence: number;
  owner: string;
  until: number;
  now: number;
}>()((db, given) =>
  db
    .updateTable('lanes')
    .set({
      load_id: given('loadId'),
      fence: given('fence'),
      owner: given('owner'),
      lease_until: given('until'),
      last_attempt_at: given('now'),
    })
    .where('id', '=', given('id')),
);

export interface PlanWork extends PlanInput {
  /** Ids for new loads, one for each that may be planned. */
  readonly newIds: readonly string[];
}

export function* planLoads(input: PlanWork, context: Context): Work<PlannedLoad[]> {
  const { limit, newIds } = input;
  const { lanesPerAccount = limit, lanesPerDestination = limit, join } = input;
  const candidates = yield* all(loadCandidates, {
    now: context.now,
    cameBefore: context.now - (join?.milliseconds ?? 0),
    enoughBytes: join?.bytes ?? 0,
    lanesPerAccount,
    lanesPerDestination,
    limit,
  });
  const planned: PlannedLoad[] = [];
  for (const [at, { id }] of candidates.entries()) {
    const lane = yield* first(takeLane, { id, now: context.now });
    const load = lane && (yield* planLane(lane, newIds[at], input, context));
    if (load) planned.push(load);
  }
  return planned;
}

/** Null when the lane came to rest since it was chosen. */
function* planLane(
  lane: LaneRow,
  newId: string | undefined,
  input: PlanWork,
  context: Context,
): Work<PlannedLoad | null> {
  assert(newId, 'there are fewer ids than loads to plan');
  const led = yield* whereTo(lane);
  if (!led) return null;
  const { source, destination } = led;
  const load = yield* oldestLoad(
    { lane, destination, planned: yield* firstPlanned(lane) },
    newId,
    input,
    context,
  );
  return load ? yield* takeLoad({ lane, source, destination, load }, input, context) : null;
}

/** Null: its source is gone or paused, or leads nowhere. */
export function* whereTo(lane: LaneRow): Work<Pick<Taken, 'source' | 'destination'> | null> {
  const source = yield* first(liveSource, { id: lane.source_id });
  const destination =
    source?.destination_id != null && (yield* first(liveDestination, { id: source.destination_id }));
  return source && destination ? { source, destination } : null;
}

/** The load of a lane that is to be carried first, of those that are planned already. */
export function* firstPlanned(lane: LaneRow): Work<LoadRow | undefined> {
  return yield* first(nextPlanned, { laneId: lane.id });
}

interface Next {
  readonly lane: LaneRow;
  readonly destination: DestinationRow;
  /** Of the loads that are planned already, the one whose turn it is. */
  readonly planned: LoadRow | undefined;
}

type NewCut = Cut & { readonly minBytes?: number };

/**
 * The planned load, unless older batches are in no plan, because theirs was taken apart: those are planned anew and go
 * first. A load that was handed out before may stand in the destination, whose fence is its own then: it keeps its turn.
 * Undefined: there is none, or too few bytes for a new one.
 */
export function* oldestLoad(
  { lane, destination, planned }: Next,
  newId: string,
  cut: NewCut,
  context: Context,
): Work<LoadRow | undefined> {
  if (!planned)
    return yield* planAnew({ lane, destination, before: Number.MAX_SAFE_INTEGER }, newId, cut, context);
  if (planned.attempts > 0) return planned;
  // However few bytes they have: what comes later must not go before them.
  const older = { lane, destination, before: planned.first_position };
  return (yield* planAnew(older, newId, { ...cut, minBytes: 0 }, context)) ?? planned;
}

/** Plans the oldest batches that are in no plan; undefined: there are none, or too few bytes. */
function* planAnew(
  { lane, destination, before }: Pick<Next, 'lane' | 'destination'> & { readonly before: number },
  id: string,
  { minBytes = 0, ...cut }: NewCut,
  { now }: Context,
): Work<LoadRow | undefined> {
  const waiting = yield* all(unplannedBatches, { laneId: lane.id, before, limit: cut.maxBatches });
  const batches = cutLoad(waiting, cut);
  if (batches.length === 0 || bytesOf(batches) < minBytes) return undefined;
  const { id: destination_id, revision } = destination;
  const bound = { id, account_id: lane.account_id, lane_id: lane.id, destination_id, revision };
  return yield* addLoad({ ...bound, batched_at: now, crashes: 0 }, batches);
}

const bytesOf = (batches: readonly { readonly raw_bytes: number }[]): number =>
  batches.reduce((sum, { raw_bytes }) => sum + raw_bytes, 0);

export interface Taken {
  readonly lane: LaneRow;
  readonly source: SourceRow;
  readonly destination: DestinationRow;
  readonly load: LoadRow;
}

function* takeLoad(
  taken: Taken,
  { owner, leaseMilliseconds }: PlanInput,
  context: Context,
): Work<PlannedLoad> {
  const { lane, load } = taken;
  const fence = lane.fence + 1;
  // Its last owner neither gave it back nor told how it went.
  const isCrash = lane.load_id === load.id && load.crashes >= 0;
  const crashes = Math.abs(load.crashes) + (isCrash ? 1 : 0);
  yield* leaseLoad(taken, { owner, leaseMilliseconds, fence, crashes }, context);
  return yield* describePlan(taken, { fence, crashes, standingFence: lane.loaded_fence });
}

/** Gives a lane to an owner, for this load. */
export function* leaseLoad(
  { lane, load, destination }: Pick<Taken, 'lane' | 'load' | 'destination'>,
  given: {
    readonly owner: string;
    readonly leaseMilliseconds: number;
    readonly fence: number;
    readonly crashes: number;
  },
  { now }: Context,
): Work<void> {
  const { owner, leaseMilliseconds, fence, crashes } = given;
  const { id: destinationId, revision } = destination;
  const attempts = load.attempts + 1;
  // A load under suspicion is to blame for those only who die while they go through its records.
  const kept = crashes >= crashesBeforeSuspicion ? -crashes : crashes;
  yield* run(handOut, { loadId: load.id, fence, attempts, crashes: kept, destinationId, revision });
  yield* run(lease, { id: lane.id, loadId: load.id, fence, owner, until: now + leaseMilliseconds, now });
}

/** What whoever carries a load has to know. */
export function* describePlan(
  { lane, source, destination, load }: Taken,
  known: Pick<PlannedLoad, 'fence' | 'crashes' | 'standingFence'>,
): Work<PlannedLoad> {
  const batches = yield* batchesOfLoad(load.id);
  return {
    loadId: load.id,
    accountId: lane.account_id,
    source: toSource(source),
    destination: toDestination(destination),
    sealed: sealedOf(destination),
    hostKeys: yield* hostKeysForCheck(destination.id),
    table: lane.table_name,
    ...known,
    batchedAt: load.batched_at,
    batches: batches.map((batch) => ({
      id: batch.id,
      format: batch.format,
      records: batch.records,
      rawBytes: batch.raw_bytes,
      isValid: batch.rejected === 0,
      receivedAt: batch.received_at,
      suspect: batch.suspect === 1,
      isUnwanted: batch.discard_asked_at !== null,
    })),
    attempt: load.attempts,
  };
}
