import { assert } from '../../errors/bug.ts';
import { all, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

/** One part of a body, compressed. */
export interface SpoolPart {
  readonly rawBytes: number;
  /** Over the raw bytes. */
  readonly checksum: string;
  readonly body: Uint8Array;
}

const insert = statement<SpoolPart & { batchId: string; part: number; parts: number; storedBytes: number }>()(
  (db, given) =>
    db
      .insertInto('spool_parts')
      .values({
        batch_id: given('batchId'),
        part: given('part'),
        parts: given('parts'),
        raw_bytes: given('rawBytes'),
        stored_bytes: given('storedBytes'),
        checksum: given('checksum'),
        body: given('body'),
      })
      .onConflict((conflict) => conflict.doNothing()),
);

const partOf = statement<{ batchId: string; part: number }>()((db, given) =>
  db
    .selectFrom('spool_parts')
    .select(['parts', 'raw_bytes as rawBytes', 'checksum', 'body'])
    // Of a batch of a replay, the payload is that of the batch which it repeats.
    .where('batch_id', '=', ({ fn, selectFrom, val }) =>
      fn.coalesce(
        selectFrom('batches').select('origin').where('id', '=', given('batchId')),
        val(given('batchId')),
      ),
    )
    .where('part', '=', given('part')),
);

const drop = statement<{ batchId: string }>()((db, given) =>
  db.deleteFrom('spool_parts').where('batch_id', '=', given('batchId')),
);

const totals = statement()((db) =>
  db
    .selectFrom('spool_parts')
    .select(({ fn, cast, lit }) => [
      fn.count<number>('batch_id').distinct().as('batches'),
      cast<number>(fn.coalesce(fn.sum<number>('stored_bytes'), lit(0)), 'bigint').as('storedBytes'),
    ]),
);

export function* appendBatch({
  batchId,
  parts,
}: {
  batchId: string;
  parts: readonly SpoolPart[];
}): Work<void> {
  for (const [part, piece] of parts.entries()) {
    const inserted = yield* run(insert, {
      ...piece,
      batchId,
      part,
      parts: parts.length,
      storedBytes: piece.body.byteLength,
    });
    assert(inserted === 1, `batch ${batchId} is in the spool already`);
  }
}

export function* readPart(wanted: {
  batchId: string;
  part: number;
}): Work<(SpoolPart & { parts: number }) | null> {
  return (yield* first(partOf, wanted)) ?? null;
}

export function* dropBatches(batchIds: readonly string[]): Work<void> {
  for (const batchId of batchIds) yield* run(drop, { batchId });
}

export function* spoolUsage(): Work<{ batches: number; storedBytes: number }> {
  return (yield* all(totals, {}))[0] ?? { batches: 0, storedBytes: 0 };
}
