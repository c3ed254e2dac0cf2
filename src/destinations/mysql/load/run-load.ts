import type { LoadResult } from '../../../model/load-result.ts';
import { cleanName } from '../../../shape/names.ts';
import type { LoadBatch, LoadPlan } from '../../session.ts';
import { changedMeanwhile, neverStill, stopped } from '../../sql/load-stops.ts';
import { mysqlDialect } from '../dialect.ts';
import { quoteQualified } from '../quote.ts';
import type { MysqlSession } from '../session.ts';
import type { ServerFacts } from '../version.ts';
import { findMark, readLane } from './bookkeeping.ts';
import { readCatalog } from './catalog.ts';
import { collectLoad } from './collect-load.ts';
import { commitLoad, type LaneHold } from './commit-load.ts';

export interface RunLoadOptions {
  readonly session: MysqlSession;
  readonly server: ServerFacts;
  /** May make temporary tables. */
  readonly temporary: boolean;
  /** More rows than this are staged. */
  readonly givenRows: number;
  readonly plan: LoadPlan;
  readonly batches: AsyncIterable<LoadBatch>;
  readonly hold: LaneHold;
  /** Leaves the commit out. */
  readonly isRehearsal: boolean;
  readonly signal: AbortSignal;
}

const attempts = 3;

/** Runs a load whose bookkeeping stands. On an error the session is in an unknown state, and must be closed. */
export async function runLoad(options: RunLoadOptions): Promise<LoadResult> {
  const { session, server, plan, hold, isRehearsal, signal } = options;
  const { schema, table } = plan.lane;
  const name = cleanName(table, mysqlDialect.names);
  let messages: number | null = null;
  // It may reject while rows are staged; whoever waits for it below meets the error.
  plan.turn?.catch(() => {});

  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const stored = await findMark(session, schema, plan.loadId, signal);
    if (stored !== null) return stored;
    const known = {
      catalog: await readCatalog(session, { schema, name, isMaria: server.isMaria }, signal),
      lane: await readLane(session, schema, table, signal),
    };
    const { catalog, lane } = known;
    const load = await collectLoad({ ...options, catalog, activeVersion: lane.activeVersion });
    if (load.shaped.shaper?.stop) throw stopped(load.shaped.shaper.stop);
    // Batches that can be gone through only once would be lost without a word.
    if (messages !== null && messages !== load.shaped.messages) throw changedMeanwhile(plan.loadId);
    messages = load.shaped.messages;
    if (plan.turn) await plan.turn;
    const outcome = await commitLoad({ session, server, plan, name, known, load, hold, isRehearsal, signal });
    await load.staging?.drop();
    if (outcome.done) return outcome.result;
  }
  throw neverStill(quoteQualified(schema, name));
}
