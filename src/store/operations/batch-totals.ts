import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { first, run, type Work } from '../operation.ts';
import type { RecordsSchema } from '../records-schema.ts';
import { statement } from '../statement.ts';

export interface Amount {
  readonly batches: number;
  readonly raw_bytes: number;
  readonly stored_bytes: number;
}

type Outcome = RecordsSchema['lane_totals']['outcome'];
type Change = Amount & { readonly id: number; readonly outcome: Outcome };

/**
 * Processes that count at the same time do so in rows of their own, and never wait for each other. Only sums over all
 * shards mean something.
 */
const shardOf = ({ engine }: Dialect) =>
  engine === 'postgres' ? sql<number>`pg_backend_pid() % 16` : sql<number>`0`;

const addToLane = statement<Change>()((db, given, dialect) =>
  db
    .insertInto('lane_totals')
    .values({
      lane_id: given('id'),
      outcome: given('outcome'),
      shard: shardOf(dialect),
      batches: given('batches'),
      raw_bytes: given('raw_bytes'),
      stored_bytes: given('stored_bytes'),
    })
    .onConflict((conflict) =>
      conflict.columns(['lane_id', 'outcome', 'shard']).doUpdateSet(({ eb, ref }) => ({
        batches: eb(ref('lane_totals.batches'), '+', ref('excluded.batches')),
        raw_bytes: eb(ref('lane_totals.raw_bytes'), '+', ref('excluded.raw_bytes')),
        stored_bytes: eb(ref('lane_totals.stored_bytes'), '+', ref('excluded.stored_bytes')),
      })),
    ),
);

const addToAccount = statement<Change>()((db, given, dialect) =>
  db
    .insertInto('account_totals')
    .values({
      account_id: given('id'),
      outcome: given('outcome'),
      shard: shardOf(dialect),
      batches: given('batches'),
      raw_bytes: given('raw_bytes'),
      stored_bytes: given('stored_bytes'),
    })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'outcome', 'shard']).doUpdateSet(({ eb, ref }) => ({
        batches: eb(ref('account_totals.batches'), '+', ref('excluded.batches')),
        raw_bytes: eb(ref('account_totals.raw_bytes'), '+', ref('excluded.raw_bytes')),
        stored_bytes: eb(ref('account_totals.stored_bytes'), '+', ref('excluded.stored_bytes')),
      })),
    ),
);

const waitingInLane = statement<{ laneId: number }>()((db, given) =>
  db
    .selectFrom('lane_totals')
    .select(({ fn, cast, lit }) => [
      cast<number>(fn.coalesce(fn.sum('batches'), lit(0)), 'bigint').as('batches'),
      cast<number>(fn.coalesce(fn.sum('raw_bytes'), lit(0)), 'bigint').as('raw_bytes'),
      cast<number>(fn.coalesce(fn.sum('stored_bytes'), lit(0)), 'bigint').as('stored_bytes'),
    ])
    .where('lane_id', '=', given('laneId'))
    .where('outcome', '=', 'waiting'),
);

const waitingBytes = statement<{ accountId: number }>()((db, given) =>
  db
    .selectFrom('account_totals')
    .select(({ fn, cast, lit, eb }) => [
      cast<number>(fn.coalesce(fn.sum('raw_bytes'), lit(0)), 'bigint').as('ofAll'),
      cast<number>(
        fn.coalesce(
          fn.sum(eb.case().when('account_id', '=', given('accountId')).then(eb.ref('raw_bytes')).end()),
          lit(0),
        ),
        'bigint',
      ).as('ofAccount'),
    ])
    .where('outcome', '=', 'waiting'),
);

const retainedBytes = statement()((db) =>
  db
    .selectFrom('account_totals')
    .select(({ fn, cast, lit }) =>
      cast<number>(fn.coalesce(fn.sum('stored_bytes'), lit(0)), 'bigint').as('bytes'),
    )
    .where('outcome', '<>', 'waiting'),
);

export interface Lane {
  readonly id: number;
  readonly account_id: number;
  /** Set for a lane of a replay, whose payloads count for the lane that they came in. */
  readonly origin_id: number | null;
}

/** Counts batches of a lane and its account. Every change of a batch's outcome goes with it, in the same commit. */
export function* addToTotals(lane: Lane, outcome: Outcome, amount: Amount): Work<void> {
  const { id, account_id, origin_id } = lane;
  const { batches, raw_bytes, stored_bytes } = amount;
  yield* addLanesToTotals([{ id, account_id, origin_id, batches, raw_bytes, stored_bytes }], outcome);
}

/** The same for several lanes, each with its amount; those of one account count as one change of the account. */
export function* addLanesToTotals(lanes: readonly (Lane & Amount)[], outcome: Outcome): Work<void> {
  const accounts = new Map<number, Change>();
  for (const { id, account_id, origin_id, batches, raw_bytes, stored_bytes } of lanes) {
    yield* run(addToLane, { id, outcome, batches, raw_bytes, stored_bytes });
    if (origin_id !== null) continue;
    const before = accounts.get(account_id) ?? { batches: 0, raw_bytes: 0, stored_bytes: 0 };
    accounts.set(account_id, {
      id: account_id,
      outcome,
      batches: before.batches + batches,
      raw_bytes: before.raw_bytes + raw_bytes,
      stored_bytes: before.stored_bytes + stored_bytes,
    });
  }
  for (const change of accounts.values()) yield* run(addToAccount, change);
}

export function* takeFromTotals(lane: Lane, outcome: Outcome, amount: Amount): Work<void> {
  yield* addToTotals(lane, outcome, {
    batches: -amount.batches,
    raw_bytes: -amount.raw_bytes,
    stored_bytes: -amount.stored_bytes,
  });
}

/** For a lane whose waiting batches are all discarded. */
export function* takeWaitingFromTotals(lane: Lane): Work<void> {
  const waiting = yield* first(waitingInLane, { laneId: lane.id });
  if (waiting) yield* takeFromTotals(lane, 'waiting', waiting);
}

/** Bytes of bodies that wait: of the account, and in all. */
export function* bytesWaiting(accountId: number): Work<{ ofAccount: number; ofAll: number }> {
  return (yield* first(waitingBytes, { accountId })) ?? { ofAccount: 0, ofAll: 0 };
}

/** Bytes that payloads take which are not waiting any more. */
export function* bytesRetained(): Work<number> {
  return (yield* first(retainedBytes, {}))?.bytes ?? 0;
}
