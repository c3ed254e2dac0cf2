import { assert } from '../../errors/bug.ts';
import { Failure, fromPlain, type PlainFailure, toPlain } from '../../errors/failure.ts';
import type { AcceptedBatch, NewBatch } from '../load-store.ts';
import { type Context, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { addLanesToTotals, bytesWaiting, type Lane } from './batch-totals.ts';
import { claimKeyForGood } from './idempotency.ts';
import { laneFor } from './lane-row.ts';
import { findSource, noSuchSource, requireSource } from './source-row.ts';
import { appendBatch, type SpoolPart } from './spool-parts.ts';

interface Sizes {
  readonly rawBytes: number;
  readonly storedBytes: number;
}

const insertBatch = statement<
  Pick<NewBatch, 'id' | 'accountId' | 'sourceId' | 'format' | 'records'> &
    Sizes & { laneId: number; loadGroup: string; rejected: number | null; now: number }
>()((db, given) =>
  db
    .insertInto('batches')
    .values({
      id: given('id'),
      account_id: given('accountId'),
      source_id: given('sourceId'),
      lane_id: given('laneId'),
      format: given('format'),
      load_group: given('loadGroup'),
      records: given('records'),
      rejected: given('rejected'),
      raw_bytes: given('rawBytes'),
      stored_bytes: given('storedBytes'),
      received_at: given('now'),
      suspect: 0,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

export interface PackedBatch extends Sizes {
  readonly batch: NewBatch;
  readonly parts: readonly SpoolPart[];
}

/** All batches of one body, their payloads and the idempotency key of the first: everything or nothing. */
export function* acceptBatches(packed: readonly PackedBatch[], context: Context): Work<AcceptedBatch> {
  const [body] = packed;
  assert(body, 'a body without a batch was accepted');
  const { accountId, sourceId, idempotency } = body.batch;
  if (idempotency) {
    yield* requireSource({ accountId, id: sourceId });
    const key = { accountId, keyHash: `import:${sourceId}:${idempotency.keyHash}` };
    const claimed = yield* claimKeyForGood({ ...key, bodyHash: idempotency.bodyHash }, context);
    if (claimed !== 'mine') return claimed;
  }
  const [refusal] = yield* acceptJoined([packed], context);
  if (refusal) throw fromPlain(refusal);
  return 'accepted';
}

/**
 * Bodies without an idempotency key, each as {@link acceptBatches}: null where it was accepted, or why it was refused,
 * which leaves the others alone. What is the same for all of them is asked and counted once.
 */
export function* acceptJoined(
  bodies: readonly (readonly PackedBatch[])[],
  context: Context,
): Work<(PlainFailure | null)[]> {
  const mayCome = createAdmission();
  const refusals: (PlainFailure | null)[] = [];
  const accepted: PackedBatch[] = [];
  for (const body of bodies) {
    const refusal = yield* mayCome(body);
    refusals.push(refusal && toPlain(refusal));
    if (refusal === null) accepted.push(...body);
  }
  // Those who make several lanes at once make them in the same order.
  yield* addBatches(accepted.toSorted(byLane), context);
  if (accepted.length > 0) context.notify('loads');
  return refusals;
}

function* addBatches(packed: readonly PackedBatch[], { now }: Context): Work<void> {
  const lanes = new Map<string, LaneToFill>();
  for (const { batch, parts, rawBytes, storedBytes } of packed) {
    const { id, accountId, sourceId, format, records, rejected = null, loadGroup = '' } = batch;
    const lane = lanes.get(laneKey(batch)) ?? (yield* openLane(batch));
    lanes.set(laneKey(batch), lane);
    const row = {
      id,
      accountId,
      sourceId,
      laneId: lane.id,
      format,
      loadGroup,
      records,
      rejected,
      rawBytes,
      storedBytes,
    };
    assert((yield* run(insertBatch, { ...row, now })) === 1, `batch ${id} was accepted already`);
    yield* appendBatch({ batchId: id, parts });
    lane.batches += 1;
    lane.raw_bytes += rawBytes;
    lane.stored_bytes += storedBytes;
  }
  yield* addLanesToTotals([...lanes.values()], 'waiting');
}

interface LaneToFill extends Lane {
  batches: number;
  raw_bytes: number;
  stored_bytes: number;
}

function* openLane({ accountId, sourceId, table }: NewBatch): Work<LaneToFill> {
  const id = yield* laneFor({ accountId, sourceId, table });
  return { id, account_id: accountId, origin_id: null, batches: 0, raw_bytes: 0, stored_bytes: 0 };
}

/** Says of one body after another why it may not come, or null, and counts those that may. */
function createAdmission(): (packed: readonly PackedBatch[]) => Work<Failure | null> {
  const sources = new Map<string, Failure | null>();
  const waiting = new Map<number, { readonly ofAccount: number; readonly ofAll: number }>();
  const added = new Map<number, number>();

  function* sourceProblem({ accountId, sourceId }: NewBatch): Work<Failure | null> {
    const key = `${accountId} ${sourceId}`;
    const known = sources.get(key);
    if (known !== undefined) return known;
    const found = yield* findSource({ accountId, id: sourceId });
    const problem = found ? null : noSuchSource(sourceId);
    sources.set(key, problem);
    return problem;
  }

  function* roomProblem({ accountId, budget }: NewBatch, rawBytes: number): Work<Failure | null> {
    if (!budget) return null;
    const before = waiting.get(accountId) ?? (yield* bytesWaiting(accountId));
    waiting.set(accountId, before);
    const addedInAll = [...added.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (before.ofAccount + (added.get(accountId) ?? 0) + rawBytes > budget.accountBytes)
      return noRoom('of this account');
    return before.ofAll + addedInAll + rawBytes > budget.totalBytes ? noRoom('of all accounts') : null;
  }

  return function* mayCome(packed) {
    const [first] = packed;
    assert(first, 'a body without a batch was accepted');
    const rawBytes = packed.reduce((sum, part) => sum + part.rawBytes, 0);
    const problem = (yield* sourceProblem(first.batch)) ?? (yield* roomProblem(first.batch, rawBytes));
    if (problem === null)
      added.set(first.batch.accountId, (added.get(first.batch.accountId) ?? 0) + rawBytes);
    return problem;
  };
}

const noRoom = (whose: string): Failure =>
  new Failure('Overloaded', `Too many bytes ${whose} wait to be loaded: nothing was stored.`, {
    remedy: 'See why loads do not get on (paused sources, failing destinations); repeat the request later.',
  });

const laneKey = ({ sourceId, table }: NewBatch): string => `${sourceId} ${table}`;

const byLane = ({ batch: one }: PackedBatch, { batch: other }: PackedBatch): number =>
  one.sourceId - other.sourceId || compareText(one.table, other.table);

const compareText = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
