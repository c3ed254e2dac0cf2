import type { LoadResult, Rejection } from '../../model/load-result.ts';
import { run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { LaneRow } from './lane-row.ts';
import type { LoadRow } from './load-row.ts';
import { packRejections } from './rejection-entries.ts';

/** So many rejections of a batch are one row. */
const most = 1_000;

const storeTables = statement<{ loadId: string; tables: string }>()((db, given) =>
  db
    .updateTable('loads')
    .set({ tables: given('tables') })
    .where('id', '=', given('loadId')),
);

interface OfLoad {
  readonly accountId: number;
  readonly sourceId: number;
  readonly laneId: number;
  readonly loadId: string;
  readonly now: number;
}

const insertRejections = statement<OfLoad & { batchId: string; records: number; entries: string }>()(
  (db, given) =>
    db.insertInto('rejections').values({
      account_id: given('accountId'),
      source_id: given('sourceId'),
      lane_id: given('laneId'),
      load_id: given('loadId'),
      batch_id: given('batchId'),
      rejected_at: given('now'),
      records: given('records'),
      entries: given('entries'),
    }),
);

const insertChange = statement<
  OfLoad & {
    destinationId: number;
    table: string;
    kind: 'table_created' | 'column_added' | 'column_split';
    before: string | null;
    after: string;
    views: string;
  }
>()((db, given) =>
  db.insertInto('schema_changes').values({
    account_id: given('accountId'),
    source_id: given('sourceId'),
    lane_id: given('laneId'),
    destination_id: given('destinationId'),
    load_id: given('loadId'),
    changed_at: given('now'),
    table_name: given('table'),
    kind: given('kind'),
    before_text: given('before'),
    after_text: given('after'),
    views: given('views'),
  }),
);

/** A load that is repeated has what it did before replaced. */
const forgetRejections = statement<{ loadId: string; laneId: number }>()((db, given) =>
  db
    .deleteFrom('rejections')
    .where('lane_id', '=', given('laneId'))
    .where('load_id', '=', given('loadId'))
    .where('retried_at', 'is', null),
);

/** Keeps what a load did, in the commit that completes it. */
export function* keepResult(
  { tables, rejections, schemaChanges }: LoadResult,
  { lane, load, now }: { readonly lane: LaneRow; readonly load: LoadRow; readonly now: number },
): Work<void> {
  const of: OfLoad = {
    accountId: lane.account_id,
    sourceId: lane.source_id,
    laneId: lane.id,
    loadId: load.id,
    now,
  };
  if (tables.length > 0) yield* run(storeTables, { loadId: load.id, tables: storable(tables) });
  yield* run(forgetRejections, { loadId: load.id, laneId: lane.id });
  // Records can be loaded again, values cannot: a part holds one kind only.
  for (const kind of ['record', 'column'] as const)
    for (const [batchId, ofBatch] of byBatch(rejections.filter((rejection) => rejection.kind === kind)))
      for (let from = 0; from < ofBatch.length; from += most) {
        const part = ofBatch.slice(from, from + most);
        const records = kind === 'record' ? part.length : 0;
        yield* run(insertRejections, { ...of, batchId, records, entries: packRejections(part) });
      }
  for (const { table, kind, before, after, dependentViews } of schemaChanges)
    yield* run(insertChange, {
      ...of,
      destinationId: load.destination_id,
      table: storableText(table),
      kind,
      before: before === null ? null : storableText(before),
      after: storableText(after),
      views: storable(dependentViews),
    });
}

/** Tables of a source may have any name; NUL and halves of characters are in none that stands in a destination. */
const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');
/** JSON writes them as escapes. */
const storable = (value: unknown): string => JSON.stringify(value);

function byBatch(rejections: readonly Rejection[]): Map<string, Rejection[]> {
  const batches = new Map<string, Rejection[]>();
  for (const rejection of rejections) {
    const known = batches.get(rejection.batchId);
    if (known) known.push(rejection);
    else batches.set(rejection.batchId, [rejection]);
  }
  return batches;
}
