import { isDeepStrictEqual } from 'node:util';
import type { BoundedCache } from '../../../lib/bounded-cache.ts';
import type { LoadResult } from '../../../model/load-result.ts';
import { cleanName } from '../../../shape/names.ts';
import { type Dialect, pathText } from '../../../shape/shape.ts';
import type { LoadBatch, LoadPlan } from '../../session.ts';
import { changedMeanwhile, neverStill, stopped } from '../../sql/load-stops.ts';
import { quoteQualified } from '../quote.ts';
import type { PostgresSession } from '../session.ts';
import { bookkeeping, findMark, laneRow, markResult } from './bookkeeping.ts';
import { readCatalog } from './catalog.ts';
import { collectLoad } from './collect-load.ts';
import { commitLoad, type RememberedLane } from './commit-load.ts';
import { quickLoad } from './quick-load.ts';

export interface RunLoadOptions {
  readonly session: PostgresSession;
  /** Of this destination. */
  readonly dialect: Dialect;
  /** Our role there. */
  readonly role: string;
  /** May make temporary tables. */
  readonly temporary: boolean;
  /** More rows than this are staged. */
  readonly givenRows: number;
  readonly plan: LoadPlan;
  readonly batches: AsyncIterable<LoadBatch>;
  /** By schema and table. */
  readonly remembered: BoundedCache<string, RememberedLane>;
  /** Leaves the commit out. */
  readonly isRehearsal: boolean;
  readonly signal: AbortSignal;
}

const attempts = 3;

/** Runs a load whose bookkeeping stands. On an error the session is in an unknown state, and must be closed. */
export async function runLoad(options: RunLoadOptions): Promise<LoadResult> {
  const { session, dialect, plan, remembered, signal } = options;
  const { schema, table } = plan.lane;
  const lane = pathText([[table]]);
  // Other sources have tables of the same name, in schemas of their own.
  const memory = pathText([[schema], [table]]);
  const name = cleanName(table, dialect.names);
  let messages: number | null = null;
  // It may reject while rows are staged; whoever waits for it below meets the error.
  plan.turn?.catch(() => {});

  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const known = remembered.get(memory) ?? (await lookAt(options, lane, name));
    if ('tables' in known) return known;
    const { catalog } = known;
    const load = await collectLoad({ ...options, catalog, activeVersion: known.lane.activeVersion });
    if (load.shaped.shaper?.stop) throw stopped(load.shaped.shaper.stop);
    // Batches that can be gone through only once would be lost without a word.
    if (messages !== null && messages !== load.shaped.messages) throw changedMeanwhile(plan.loadId);
    messages = load.shaped.messages;
    const isMemory = known === remembered.get(memory);
    if (isMemory && load.shaped.rejections.length > 0 && !(await stillStands(known, options, lane, name))) {
      // What stood in the way of these records may be gone.
      remembered.delete(memory);
      await session.query('rollback', [], signal);
      continue;
    }
    if (plan.turn) await plan.turn;
    const isRemembered = known === remembered.get(memory);
    const whole = { ...options, lane, name, known, load };
    const quick = isRemembered && !options.isRehearsal ? await quickLoad(whole) : null;
    if (quick !== null) return quick;
    const outcome = await commitLoad(whole);
    remembered.delete(memory);
    if (outcome.done) {
      if (outcome.remembered) remembered.set(memory, outcome.remembered);
      return outcome.result;
    }
    await session.query('rollback', [], signal);
  }
  throw neverStill(quoteQualified(schema, name));
}

/** Whether the tables are as they are remembered. */
async function stillStands(
  { catalog }: RememberedLane,
  options: RunLoadOptions,
  lane: string,
  name: string,
): Promise<boolean> {
  const seen = await lookAt(options, lane, name);
  return 'tables' in seen || isDeepStrictEqual(seen.catalog, catalog);
}

/** The lane and its tables as they stand; the result when the load's mark stands already. */
async function lookAt(
  { session, plan, signal }: RunLoadOptions,
  lane: string,
  name: string,
): Promise<RememberedLane | LoadResult> {
  const { schema } = plan.lane;
  const [mark] = await session.script([findMark(schema, plan.loadId)], signal);
  const result = markResult(mark?.rows ?? []);
  if (result !== null) return result;
  const [row] = await session.query(
    `select active_version, changes from ${bookkeeping(schema).lanes} where lane = $1`,
    [lane],
    signal,
  );
  return {
    lane: laneRow(row) ?? { activeVersion: null, changes: '0' },
    catalog: await readCatalog(session, schema, name, signal),
  };
}
