import type { LoadResult } from '../../../model/load-result.ts';
import { planChanges } from '../../../shape/plan-changes.ts';
import { LoadFailure } from '../../session.ts';
import { stopped } from '../../sql/load-stops.ts';
import { schemaChanges } from '../../sql/schema-changes.ts';
import { mysqlDialect } from '../dialect.ts';
import { quoteLiteral, quoteQualified } from '../quote.ts';
import { alterStatements, columnTypes } from './alter-tables.ts';
import { bookkeeping, findMark, laneKey, laneLock, readLane, takeLane } from './bookkeeping.ts';
import { readCatalog } from './catalog.ts';
import { type CommitOptions, type KnownLane, notTaken, wantedLane } from './commit-load.ts';
import { dependentViews } from './dependent-views.ts';

/** Seconds to wait for another session that alters the same tables. */
const lockSeconds = 5;

export type AlteredLane =
  /** The tables stand as the load needs them; null: they are not what the load was shaped for. */
  | { readonly known: KnownLane | null }
  /** The load had been committed before. */
  | { readonly result: LoadResult };

/**
 * Brings the lane's table to what the load needs, only ever adding and renaming, one statement at a time. Derived from
 * the table as it stands, so that whoever repeats it after a crash goes on where it was. Under our fence and a lock.
 */
export async function alterLane(options: CommitOptions): Promise<AlteredLane> {
  const { session, server, plan, name, load, signal } = options;
  const { schema, table } = plan.lane;
  const place = { schema, name, isMaria: server.isMaria };
  const look = async () => ({
    catalog: await readCatalog(session, place, signal),
    lane: await readLane(session, schema, table, signal),
  });
  const planFor = ({ catalog }: KnownLane) =>
    planChanges({
      catalog,
      tables: load.table === null ? [] : [load.table],
      accepted: load.shaped.shaper?.accepted ?? 0,
      dialect: mysqlDialect,
    });

  const first = await look();
  refuseForeignEngine(first, schema, name);
  // A record of the wrong key type is judged by the table as it was then.
  if (load.shaped.shaper?.keyStop) throw stopped(load.shaped.shaper.keyStop);
  const change = planFor(first);
  if (change.stop) throw stopped(change.stop);
  if (change.stale) return { known: null };
  if (change.changes.length === 0) return { known: first };

  const lock = quoteLiteral(laneLock(schema, table));
  const [locked] = await session.query(`select get_lock(${lock}, ${lockSeconds}) as locked`, signal);
  if (locked?.locked !== '1') throw beingAltered(quoteQualified(schema, name));
  // Not within a transaction: from here on whoever had a lower fence is refused.
  const taken = await takeLane(session, wantedLane(options), signal);
  if (typeof taken === 'string') throw notTaken(options, taken);
  options.hold.isTaken = true;
  const stored = await findMark(session, schema, plan.loadId, signal);
  if (stored !== null) {
    await session.query(`select release_lock(${lock})`, signal);
    return { result: stored };
  }
  const before = await look();
  const planned = planFor(before);
  if (planned.stop) throw stopped(planned.stop);
  if (planned.stale) {
    await session.query(`select release_lock(${lock})`, signal);
    return { known: null };
  }
  const renamed = planned.changes.some(({ kind }) => kind === 'rename-column');
  const views = renamed ? await dependentViews(session, schema, name, signal) : [];
  for (const statement of alterStatements(planned.changes, { schema, server, catalog: before.catalog }))
    await session.run(statement, signal);
  await session.run(
    `update ${bookkeeping(schema).lanes} set changes = changes + 1 where lane_key = ${quoteLiteral(laneKey(table))}`,
    signal,
  );
  const known = await look();
  await session.query(`select release_lock(${lock})`, signal);
  options.hold.told.push(
    ...schemaChanges({
      changes: planned.changes,
      catalog: before.catalog,
      suffixes: mysqlDialect.suffixes,
      columnTypes,
      viewsOf: () => views,
    }),
  );
  return { known: planFor(known).changes.length === 0 ? known : null };
}

function refuseForeignEngine({ catalog }: KnownLane, schema: string, name: string): void {
  const engine = catalog.tables.get(name)?.engine ?? null;
  if (engine === null || engine === 'InnoDB') return;
  const table = quoteQualified(schema, name);
  throw new LoadFailure('blocked', `The table ${table} is kept by ${engine}, which has no transactions.`, {
    remedy: `Run: ALTER TABLE ${table} ENGINE = InnoDB;`,
    code: 'engine',
  });
}

const beingAltered = (table: string): LoadFailure =>
  new LoadFailure('passing', `Another session alters the table ${table} for longer than ${lockSeconds} s.`, {
    remedy: 'Nothing has to be done: the load is repeated.',
    code: 'altering',
  });
