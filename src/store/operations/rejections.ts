import { sql } from 'kysely';
import { all, type Context, first, run, type Work } from '../operation.ts';
import type { RejectedPart, RejectedTable, RejectionFilter } from '../rejection-store.ts';
import { statement } from '../statement.ts';
import type { PackedBatch } from './batches.ts';
import { acceptBatches } from './batches.ts';
import { unpackRejections } from './rejection-entries.ts';

interface OfSource {
  readonly accountId: number;
  readonly sourceId: number;
}

interface Narrowed extends OfSource {
  readonly table: string;
  readonly anyTable: number;
  readonly batchId: string;
  readonly anyBatch: number;
  readonly since: number;
  readonly before: number;
  readonly retried: number;
  readonly limit: number;
}

const parts = statement<Narrowed>()((db, given) =>
  db
    .selectFrom('rejections')
    .innerJoin('lanes', 'lanes.id', 'rejections.lane_id')
    .innerJoin('batches', 'batches.id', 'rejections.batch_id')
    .select([
      'rejections.id',
      'lanes.table_name as table',
      'rejections.batch_id as batchId',
      'batches.format',
      'rejections.load_id as loadId',
      'rejections.rejected_at as rejectedAt',
      'rejections.retried_at as retriedAt',
      'rejections.entries',
    ])
    .where('rejections.source_id', '=', given('sourceId'))
    .where('rejections.account_id', '=', given('accountId'))
    .where(({ eb, or }) =>
      or([sql<boolean>`1 = ${given('anyTable')}`, eb('lanes.table_name', '=', given('table'))]),
    )
    .where(({ eb, or }) =>
      or([sql<boolean>`1 = ${given('anyBatch')}`, eb('rejections.batch_id', '=', given('batchId'))]),
    )
    .where(({ eb, or }) =>
      or([sql<boolean>`1 = ${given('retried')}`, eb('rejections.retried_at', 'is', null)]),
    )
    .where('rejections.rejected_at', '>=', given('since'))
    .where('rejections.id', '<', given('before'))
    .orderBy('rejections.id', 'desc')
    .limit(given('limit')),
);

const claim = statement<{ id: number; accountId: number; now: number }>()((db, given) =>
  db
    .updateTable('rejections')
    .set({ retried_at: given('now') })
    .where('id', '=', given('id'))
    .where('account_id', '=', given('accountId'))
    .where('retried_at', 'is', null)
    .returning('id'),
);

export function* listRejections({
  filter,
  ...of
}: OfSource & { filter: RejectionFilter }): Work<RejectedPart[]> {
  const rows = yield* all(parts, {
    ...of,
    table: filter.table ?? '',
    anyTable: filter.table === undefined ? 1 : 0,
    batchId: filter.batchId ?? '',
    anyBatch: filter.batchId === undefined ? 1 : 0,
    since: filter.since ?? 0,
    before: filter.before ?? Number.MAX_SAFE_INTEGER,
    retried: filter.retried ? 1 : 0,
    limit: filter.limit,
  });
  return rows.map(({ entries, ...part }) => ({ ...part, rejections: unpackRejections(entries) }));
}

/** Parts that a summary looks at: some hundred thousand rejections. */
const mostParts = 500;
const mostReasons = 20;

interface Sum {
  records: number;
  values: number;
  firstAt: number;
  lastAt: number;
  readonly reasons: Map<string, RejectedTable['reasons'][number] & { count: number }>;
}

export function* summarizeRejections(of: OfSource): Work<RejectedTable[]> {
  const found = yield* listRejections({ ...of, filter: { limit: mostParts } });
  const sums = new Map<string, Sum>();
  for (const { table, rejectedAt, rejections } of found) {
    const sum: Sum = sums.get(table) ?? {
      records: 0,
      values: 0,
      firstAt: rejectedAt,
      lastAt: rejectedAt,
      reasons: new Map(),
    };
    sums.set(table, sum);
    sum.firstAt = Math.min(sum.firstAt, rejectedAt);
    for (const { reason, kind } of rejections) {
      if (kind === 'record') sum.records += 1;
      else sum.values += 1;
      const key = JSON.stringify([reason, kind]);
      const counted = sum.reasons.get(key) ?? { reason, kind, count: 0 };
      counted.count += 1;
      sum.reasons.set(key, counted);
    }
  }
  return [...sums]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([table, { reasons, ...sum }]) => ({
      table,
      ...sum,
      reasons: [...reasons.values()]
        .toSorted((one, other) => other.count - one.count || (one.reason < other.reason ? -1 : 1))
        .slice(0, mostReasons),
      more: found.length === mostParts,
    }));
}

export interface Retry {
  readonly packed: PackedBatch;
  readonly partIds: readonly number[];
}

/** Thrown within the operation, so that nothing of it is kept. */
export function* retryRejections({ packed, partIds }: Retry, context: Context): Work<boolean> {
  const { accountId } = packed.batch;
  // In order, as everybody does who marks several.
  const marked: number[] = [];
  for (const id of partIds.toSorted((one, other) => one - other))
    if (yield* first(claim, { id, accountId, now: context.now })) marked.push(id);
  if (marked.length < partIds.length) {
    for (const id of marked) yield* run(unclaim, { id });
    return false;
  }
  yield* acceptBatches([packed], context);
  return true;
}

const unclaim = statement<{ id: number }>()((db, given) =>
  db.updateTable('rejections').set({ retried_at: null }).where('id', '=', given('id')),
);
