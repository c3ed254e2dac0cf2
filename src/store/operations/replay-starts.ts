import { sql } from 'kysely';
import { assert } from '../../errors/bug.ts';
import { Failure } from '../../errors/failure.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import type { NewReplay, ReplayStart } from '../replay-store.ts';
import { statement } from '../statement.ts';
import { addToTotals } from './batch-totals.ts';
import { allotId } from './ids.ts';
import { unfinishedReplay } from './replay-reads.ts';
import { requireDestination } from './source-mapping.ts';
import { holdSource } from './source-row.ts';

interface Wanted {
  readonly sourceId: number;
  readonly destinationId: number;
  readonly since: number;
}

/** What of each lane is kept, and whether the destination holds some of it. Keyless ones have the group of no keys. */
const retained = statement<Wanted>()((db, given) =>
  sql<RetainedLane>`
    select lanes.id, lanes.table_name as "table", lanes.fence, lanes.forgotten_until as "forgottenUntil",
      count(kept.id) as batches, cast(coalesce(sum(kept.records), 0) as bigint) as records,
      cast(coalesce(sum(kept.raw_bytes), 0) as bigint) as "rawBytes",
      min(kept.received_at) as "from", max(kept.received_at) as "to",
      max(case when kept.load_group <> '[]' and kept.records > 0 then 1 else 0 end) as keyed,
      max(case when exists (
        select 1 from loads where loads.id = kept.load_id and loads.destination_id = ${given('destinationId')}
      ) or exists (
        select 1 from batches as again join loads on loads.id = again.load_id
        where again.origin = kept.id and again.outcome = 'loaded' and loads.destination_id = ${given('destinationId')}
      ) then 1 else 0 end) as held
    from lanes
    left join batches as kept on kept.lane_id = lanes.id and kept.outcome = 'loaded'
      and kept.received_at >= ${given('since')}
    where lanes.source_id = ${given('sourceId')}
    group by lanes.id, lanes.table_name, lanes.fence, lanes.forgotten_until
    order by lanes.table_name
  `.compile(db),
);

interface RetainedLane {
  readonly id: number;
  readonly table: string;
  readonly fence: number;
  readonly forgottenUntil: number | null;
  readonly batches: number;
  readonly records: number;
  readonly rawBytes: number;
  readonly from: number | null;
  readonly to: number | null;
  readonly keyed: number;
  readonly held: number;
}

const insertReplay = statement<{
  id: number;
  sourceId: number;
  destinationId: number;
  properties: string;
  now: number;
}>()((db, given) =>
  db
    .insertInto('sources')
    .columns([
      'id',
      'account_id',
      'type',
      'display_name',
      'name',
      'properties',
      'destination_id',
      'created_at',
      'updated_at',
      'replay_of',
    ])
    .expression((rows) =>
      rows
        .selectFrom('sources')
        .select([
          sql<number>`${given('id')}`.as('id'),
          'account_id',
          sql<string>`'replay'`.as('type'),
          'display_name',
          'name',
          sql<string>`${given('properties')}`.as('properties'),
          sql<number>`${given('destinationId')}`.as('destination_id'),
          sql<number>`${given('now')}`.as('created_at'),
          sql<number>`${given('now')}`.as('updated_at'),
          'id as replay_of',
        ])
        .where('id', '=', given('sourceId')),
    )
    .returning('id'),
);

/** Its fences begin above all that the lane which it repeats has left anywhere. */
const insertLane = statement<{ sourceId: number; originId: number }>()((db, given) =>
  db
    .insertInto('lanes')
    .columns(['account_id', 'source_id', 'table_name', 'fence', 'blocked', 'origin_id'])
    .expression((rows) =>
      rows
        .selectFrom('lanes')
        .select([
          'account_id',
          sql<number>`${given('sourceId')}`.as('source_id'),
          'table_name',
          'fence',
          sql<number>`0`.as('blocked'),
          'id as origin_id',
        ])
        .where('id', '=', given('originId')),
    )
    .returning(['id', 'account_id', 'origin_id']),
);

/** In the order in which they came. Ids are random, since keyless rows are named after them. */
const repeatBatches = statement<{ sourceId: number; laneId: number; originId: number; since: number }>()(
  (db, given, { engine }) => {
    const id =
      engine === 'postgres'
        ? sql`replace(gen_random_uuid()::text, '-', '')`
        : sql`lower(hex(randomblob(16)))`;
    return sql`
      insert into batches (id, account_id, source_id, lane_id, format, load_group, records, raw_bytes, stored_bytes,
        received_at, suspect, origin)
      select ${id}, account_id, ${given('sourceId')}, ${given('laneId')}, format, load_group, records, raw_bytes, 0,
        received_at, 0, id
      from batches
      where lane_id = ${given('originId')} and outcome = 'loaded' and received_at >= ${given('since')}
      order by position
    `.compile(db);
  },
);

export function* startReplay(input: NewReplay, context: Context): Work<ReplayStart> {
  const { accountId, sourceId, destinationId, tables, appendOnly, force } = input;
  // Before the source, as everybody does who holds both.
  yield* requireDestination(accountId, destinationId);
  const source = yield* holdSource({ accountId, id: sourceId });
  if (!source || source.replay_of !== null) throw new Failure('InvalidId', `There is no source ${sourceId}.`);
  if (source.paused_at !== null) return { outcome: 'paused' };
  const other = yield* unfinishedReplay(sourceId, destinationId);
  if (other !== null) return { outcome: 'under_way', id: other };

  const since = input.since ?? 0;
  const lanes = yield* all(retained, { sourceId, destinationId, since });
  const unknown = tables?.filter((table) => !lanes.some((lane) => lane.table === table)) ?? [];
  if (unknown.length > 0) return { outcome: 'unknown_tables', tables: unknown };
  const chosen = lanes.filter((lane) => lane.batches > 0 && (tables === null || tables.includes(lane.table)));
  if (chosen.length === 0) return { outcome: 'nothing_retained' };
  const doubled = chosen.filter(({ held, keyed }) => held === 1 && (appendOnly || keyed === 0));
  if (doubled.length > 0 && !force) return { outcome: 'held', tables: doubled.map(({ table }) => table) };
  return { outcome: 'started', id: yield* planReplay(input, chosen, context) };
}

function* planReplay(
  { sourceId, destinationId, since }: NewReplay,
  lanes: readonly RetainedLane[],
  context: Context,
): Work<number> {
  const planned = lanes.map(({ table, batches, records, from, to, forgottenUntil }) => ({
    table,
    batches,
    records,
    from,
    to,
    missingUntil: forgottenUntil !== null && forgottenUntil >= (since ?? 0) ? forgottenUntil : null,
  }));
  // Kept as JSON, so that the counts outlive the batches.
  const properties = JSON.stringify({ since, planned });
  const id = (yield* allotId('sources', null)) as number;
  const replay = yield* first(insertReplay, { id, sourceId, destinationId, properties, now: context.now });
  assert(replay, 'a source is gone while it was held');
  for (const { id: originId, batches, rawBytes } of lanes) {
    const lane = yield* first(insertLane, { sourceId: replay.id, originId });
    assert(lane, 'a lane is gone while its source was held');
    yield* run(repeatBatches, { sourceId: replay.id, laneId: lane.id, originId, since: since ?? 0 });
    yield* addToTotals(lane, 'waiting', { batches, raw_bytes: rawBytes, stored_bytes: 0 });
  }
  context.notify('loads');
  return replay.id;
}
