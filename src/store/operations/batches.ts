import { assert } from '../../errors/bug.ts';
import { Failure } from '../../errors/failure.ts';
import type { AcceptedBatch, NewBatch } from '../load-store.ts';
import { type Context, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { addToTotals, bytesWaiting } from './batch-totals.ts';
import { claimKeyForGood } from './idempotency.ts';
import { laneFor } from './lane-row.ts';
import { requireSource } from './source-row.ts';
import { appendBatch, type SpoolPart } from './spool-parts.ts';

interface Sizes {
  readonly rawBytes: number;
  readonly storedBytes: number;
}

const insertBatch = statement<
  Pick<NewBatch, 'id' | 'accountId' | 'sourceId' | 'format' | 'records'> &
    Sizes & { laneId: number; loadGroup: string; now: number }
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
  const { accountId, sourceId, idempotency, budget } = body.batch;
  yield* requireSource({ accountId, id: sourceId });
  if (idempotency) {
    const key = { accountId, keyHash: `import:${sourceId}:${idempotency.keyHash}` };
    const claimed = yield* claimKeyForGood({ ...key, bodyHash: idempotency.bodyHash }, context);
    if (claimed !== 'mine') return claimed;
  }
  const rawBytes = packed.reduce((sum, part) => sum + part.rawBytes, 0);
  if (budget) yield* requireRoom(body.batch, budget, rawBytes);
  // Those who make several lanes at once make them in the same order.
  const ordered = packed.toSorted((one, other) => compareText(one.batch.table, other.batch.table));
  for (const part of ordered) yield* addBatch(part, context);
  context.notify('loads');
  return 'accepted';
}

function* addBatch({ batch, parts, rawBytes, storedBytes }: PackedBatch, { now }: Context): Work<void> {
  const { id, accountId, sourceId, table, format, records, loadGroup = '' } = batch;
  const laneId = yield* laneFor({ accountId, sourceId, table });
  const row = { id, accountId, sourceId, laneId, format, loadGroup, records, rawBytes, storedBytes };
  assert((yield* run(insertBatch, { ...row, now })) === 1, `batch ${id} was accepted already`);
  yield* appendBatch({ batchId: id, parts });
  const amount = { batches: 1, raw_bytes: rawBytes, stored_bytes: storedBytes };
  yield* addToTotals({ id: laneId, account_id: accountId, origin_id: null }, 'waiting', amount);
}

function* requireRoom(
  { accountId }: NewBatch,
  budget: NonNullable<NewBatch['budget']>,
  rawBytes: number,
): Work<void> {
  const { ofAccount, ofAll } = yield* bytesWaiting(accountId);
  const whose =
    ofAccount + rawBytes > budget.accountBytes
      ? 'of this account'
      : ofAll + rawBytes > budget.totalBytes
        ? 'of all accounts'
        : null;
  if (whose === null) return;
  throw new Failure('Overloaded', `Too many bytes ${whose} wait to be loaded: nothing was stored.`, {
    remedy: 'See why loads do not get on (paused sources, failing destinations); repeat the request later.',
  });
}

const compareText = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
