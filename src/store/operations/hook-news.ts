import type { CheckStep } from '../../model/check.ts';
import type { HookType } from '../../model/hook.ts';
import { type HookNews, renderHookBody, renderPostLoad } from '../../model/hook-body.ts';
import type { LoadResult, Rejection } from '../../model/load-result.ts';
import type { StreamError } from '../../model/source.ts';
import { all, type Context, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { DestinationRow } from './destination-row.ts';
import { addDelivery } from './hook-deliveries.ts';
import { closeFailure, mayTell } from './hook-quiets.ts';
import type { LaneRow } from './lane-row.ts';
import type { LoadRow } from './load-row.ts';

/**
 * What hooks are told, made in the commit of what it is about: a process that dies right after it loses nothing, and
 * one that dies before it tells nothing that did not happen.
 */

/** Kept from being deleted until the commit, and not from being served. */
const hooksOf = statement<{ destinationId: number }>()((db, given) =>
  db
    .selectFrom('hooks')
    .select(['id', 'type', 'account_id'])
    .where('destination_id', '=', given('destinationId'))
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .forKeyShare(),
);

const placeOf = statement<{ sourceId: number; destinationId: number }>()((db, given) =>
  db
    .selectFrom('sources')
    .innerJoin('destinations', (on) => on.on('destinations.id', '=', given('destinationId')))
    .select(({ fn, ref }) => [
      'sources.name as source',
      fn.coalesce(ref('sources.replay_of'), ref('sources.id')).as('sourceId'),
      'destinations.name',
      'destinations.type',
    ])
    .where('sources.id', '=', given('sourceId')),
);

interface Listener {
  readonly id: number;
  readonly type: HookType;
  readonly account_id: number;
}

type Ours = HookNews['type'];
type Told = Pick<HookNews, 'message' | 'remedy' | 'counts' | 'examples'>;
type Where = Pick<HookNews, 'destination' | 'source' | 'table' | 'load' | 'check'> & {
  /** 0: it is about the destination. */
  readonly laneId: number;
};

const mostExamples = 10;
const cut = (text: string): string => (text.length > 500 ? `${text.slice(0, 500)}…` : text);

/** A load's rows stand in its destination. */
export function* tellLoaded(lane: LaneRow, load: LoadRow, result: LoadResult, context: Context): Work<void> {
  const hooks = yield* all(hooksOf, { destinationId: load.destination_id });
  const recovered = lane.error !== null && (yield* closeFailure(lane.id));
  if (hooks.length === 0) return;
  const where = yield* whereOf(lane, load);
  if (where === null) return;
  const { tables, notes = null, rejections, schemaChanges } = result;
  const loaded = sum(tables.map(({ rowsLoaded }) => rowsLoaded));
  const rejected = sum(tables.map(({ rowsRejected }) => rowsRejected));
  if (loaded > 0 || rejected > 0) {
    const { batched_at: batchedAt } = load;
    const { name: sourceName } = where.source;
    const body = renderPostLoad({ batchedAt, sourceName, table: lane.table_name, tables, notes });
    for (const hook of hooks.filter(({ type }) => type === 'post_load'))
      yield* addDelivery({ accountId: hook.account_id, hookId: hook.id, type: 'post_load', body }, context);
  }
  const tell = (type: Ours, told: Told) => tellEach(hooks, type, where, told, context);
  if (recovered)
    yield* tell('load_recovered', {
      message: `The table ${lane.table_name} is loaded again.`,
      remedy: null,
      counts: { rows_loaded: loaded, rows_rejected: rejected },
      examples: [],
    });
  if (rejections.length > 0) yield* tell('records_rejected', aboutRejections(lane, rejections, loaded));
  if (schemaChanges.length > 0)
    yield* tell('schema_changed', {
      message: `A load changed tables of ${where.source.name}: ${schemaChanges.length} changes.`,
      remedy: schemaChanges.some(({ dependentViews }) => dependentViews.length > 0)
        ? 'Views that read a column which was split show only values of its first type: let them read the new columns too.'
        : null,
      counts: { changes: schemaChanges.length },
      examples: schemaChanges
        .slice(0, mostExamples)
        .map(({ table, kind, before, after, dependentViews }) => ({
          table,
          kind,
          before,
          after,
          dependent_views: dependentViews,
        })),
    });
}

function aboutRejections(lane: LaneRow, rejections: readonly Rejection[], loaded: number): Told {
  const byReason = new Map<string, { first: Rejection; count: number }>();
  for (const rejection of rejections) {
    const reason = `${rejection.kind} ${cut(rejection.reason)}`;
    const known = byReason.get(reason);
    if (known) known.count += 1;
    else byReason.set(reason, { first: rejection, count: 1 });
  }
  const records = rejections.filter(({ kind }) => kind === 'record').length;
  return {
    message: `A load of ${lane.table_name} set records or values aside.`,
    remedy:
      'The table _sdc_rejected beside it holds each record with its reason. Mend them where they come from, and send them again.',
    counts: { rows_loaded: loaded, records, values: rejections.length - records, reasons: byReason.size },
    examples: [...byReason.values()].slice(0, mostExamples).map(({ first: example, count }) => ({
      reason: cut(example.reason),
      kind: example.kind,
      count,
      table: example.table,
      batch_id: example.batchId,
      position: example.position,
    })),
  };
}

/** A load failed and is repeated. One that may pass by itself is told only when its repetition failed too. */
export function* tellFailed(
  lane: LaneRow,
  load: LoadRow | undefined,
  { error, blocked }: { error: StreamError; blocked: boolean },
  context: Context,
): Work<void> {
  if (!load || (!blocked && lane.error === null)) return;
  yield* tellTrouble(lane, load, context, {
    message: error.message,
    remedy: error.remedy,
    counts: { attempts: load.attempts, batches: load.batches },
    examples: error.code === null ? [] : [{ code: error.code }],
  });
}

/** Batches were set aside for good. */
export function* tellQuarantined(
  lane: LaneRow,
  load: LoadRow | undefined,
  { batchIds, error }: { batchIds: readonly string[]; error: string },
  context: Context,
): Work<void> {
  if (!load) return;
  yield* tellTrouble(lane, load, context, {
    message: `Batches of ${lane.table_name} were set aside and will not be loaded: ${error}`,
    remedy:
      'The others go on. Send the records of these batches again; if it happens again, the log says why.',
    counts: { quarantined_batches: batchIds.length },
    examples: batchIds.slice(0, mostExamples).map((batch_id) => ({ batch_id })),
  });
}

function* tellTrouble(lane: LaneRow, load: LoadRow, context: Context, told: Told): Work<void> {
  const hooks = yield* all(hooksOf, { destinationId: load.destination_id });
  const where = hooks.length > 0 ? yield* whereOf(lane, load) : null;
  if (where) yield* tellEach(hooks, 'load_failed', where, told, context);
}

/** A check of the held destination's current settings failed. */
export function* tellCheckFailed(
  destination: DestinationRow,
  check: { name: string; steps: string; error: string | null },
  context: Context,
): Work<void> {
  const hooks = yield* all(hooksOf, { destinationId: destination.id });
  if (hooks.length === 0) return;
  const { id, type, name } = destination;
  const steps = JSON.parse(check.steps) as CheckStep[];
  const failed = steps.filter(({ status }) => status === 'failed');
  const where = {
    destination: { id, type, name },
    source: null,
    table: null,
    load: null,
    check: check.name,
    laneId: 0,
  };
  const told = {
    message: failed[0]?.message ?? check.error ?? 'The connection check failed.',
    remedy: failed[0]?.remedy ?? null,
    counts: { steps: steps.length, failed_steps: failed.length },
    examples: failed.map(({ name: step, code, message, remedy }) => ({ step, code, message, remedy })),
  };
  yield* tellEach(hooks, 'check_failed', where, told, context);
}

function* whereOf(
  lane: LaneRow,
  load: LoadRow,
): Work<(Where & { readonly source: NonNullable<HookNews['source']> }) | null> {
  const place = yield* first(placeOf, { sourceId: lane.source_id, destinationId: load.destination_id });
  if (!place) return null;
  return {
    destination: { id: load.destination_id, type: place.type, name: place.name },
    source: { id: place.sourceId, name: place.source },
    table: lane.table_name,
    load: { id: load.id, batchedAt: load.batched_at },
    check: null,
    laneId: lane.id,
  };
}

function* tellEach(
  hooks: readonly Listener[],
  type: Ours,
  { laneId, ...where }: Where,
  told: Told,
  context: Context,
): Work<void> {
  for (const { id: hookId, account_id: accountId } of hooks.filter((hook) => hook.type === type)) {
    const heldBack = yield* mayTell({ hookId, laneId }, type === 'load_failed', context);
    if (heldBack === null) continue;
    const body = renderHookBody({ type, accountId, ...where, at: context.now, ...told, heldBack });
    yield* addDelivery({ accountId, hookId, type, body }, context);
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
