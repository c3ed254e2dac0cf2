import type { Retained, Retention } from '../load-store.ts';
import { all, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { bytesRetained, takeFromTotals } from './batch-totals.ts';
import { dropBatches } from './spool-parts.ts';

/** One step ends here, so that other writes do not wait for long. */
const step = { batches: 200, bytes: 16 * 1024 * 1024 };

/** Discarded ones first, then by age. What another process drops is left to it. */
const oldestEnded = statement<{ limit: number }>()((db, given) =>
  db
    .selectFrom('batches')
    .select([
      'position',
      'id',
      'lane_id',
      'account_id',
      'outcome',
      'ended_at',
      'received_at',
      'raw_bytes',
      'stored_bytes',
      'origin',
    ])
    .where('ended_at', 'is not', null)
    // A replay that has not loaded it yet still needs its payload.
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('batches as again')
            .select('again.position')
            .whereRef('again.origin', '=', 'batches.id')
            .where('again.outcome', 'is', null),
        ),
      ),
    )
    .orderBy('ended_at')
    .orderBy('position')
    .limit(given('limit'))
    .forUpdate()
    .skipLocked(),
);

const remove = statement<{ position: number }>()((db, given) =>
  db.deleteFrom('batches').where('position', '=', given('position')),
);

const forgetRejections = statement<{ id: string }>()((db, given) =>
  db.deleteFrom('rejections').where('batch_id', '=', given('id')),
);

const noteForgotten = statement<{ id: number; until: number }>()((db, given) =>
  db
    .updateTable('lanes')
    .set({ forgotten_until: given('until') })
    .where('id', '=', given('id'))
    .where(({ eb, or }) =>
      or([eb('forgotten_until', 'is', null), eb('forgotten_until', '<', given('until'))]),
    ),
);

const oldLoads = statement<{ olderThan: number; limit: number }>()((db, given) =>
  db
    .selectFrom('loads')
    .select('id')
    .where('completed_at', '<', given('olderThan'))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('batches').select('batches.position').whereRef('batches.load_id', '=', 'loads.id')),
      ),
    )
    .orderBy('completed_at')
    .limit(given('limit'))
    .forUpdate()
    .skipLocked(),
);

const removeLoad = statement<{ id: string }>()((db, given) =>
  db.deleteFrom('loads').where('id', '=', given('id')),
);

export function* retainBatches({ olderThan, maxBytes }: Retention): Work<Retained> {
  let retained = yield* bytesRetained();
  const dropped: string[] = [];
  let droppedBytes = 0;
  let more = false;
  const forgotten = new Map<number, number>();
  for (const batch of yield* all(oldestEnded, { limit: step.batches })) {
    const discarded = batch.outcome === 'discarded';
    const kept = !discarded && (batch.ended_at ?? 0) >= olderThan && retained <= maxBytes;
    if (kept) break;
    more = dropped.length + 1 >= step.batches || droppedBytes + batch.stored_bytes > step.bytes;
    yield* run(remove, { position: batch.position });
    yield* run(forgetRejections, { id: batch.id });
    dropped.push(batch.id);
    droppedBytes += batch.stored_bytes;
    if (batch.outcome === 'loaded' || batch.outcome === 'quarantined') {
      retained -= batch.stored_bytes;
      if (batch.origin === null)
        forgotten.set(batch.lane_id, Math.max(forgotten.get(batch.lane_id) ?? 0, batch.received_at));
      const { lane_id: id, account_id, origin } = batch;
      const lane = { id, account_id, origin_id: origin === null ? null : id };
      yield* takeFromTotals(lane, batch.outcome, {
        batches: 1,
        raw_bytes: batch.raw_bytes,
        stored_bytes: batch.stored_bytes,
      });
    }
    if (more) break;
  }
  yield* dropBatches(dropped);
  // In order, as everybody does who holds several.
  for (const [id, until] of [...forgotten].toSorted(([one], [other]) => one - other))
    yield* run(noteForgotten, { id, until });
  for (const { id } of yield* all(oldLoads, { olderThan, limit: step.batches }))
    yield* run(removeLoad, { id });
  return { droppedBatches: dropped.length, droppedBytes, more };
}
