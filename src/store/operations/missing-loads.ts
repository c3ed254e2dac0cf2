import type { LoadGap } from '../../model/source.ts';
import type { MissingLoads, Repeated } from '../load-store.ts';
import { type Context, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { freeLane, holdLease } from './lane-row.ts';
import { repeatLoad } from './load-repeats.ts';
import { getLoad, type LoadRow } from './load-row.ts';

const giveUp = statement<{ loadId: string; now: number }>()((db, given) =>
  db
    .updateTable('loads')
    .set({ missing_at: given('now') })
    .where('id', '=', given('loadId')),
);

const showGap = statement<{ id: number; gap: string }>()((db, given) =>
  db
    .updateTable('lanes')
    .set({ gap: given('gap') })
    .where('id', '=', given('id')),
);

export function* repeatMissing({ missing, ...lease }: MissingLoads, context: Context): Work<Repeated | null> {
  const lane = yield* holdLease(lease);
  if (!lane) return null;
  const { now } = context;
  let loads = 0;
  let gap: LoadGap | null = null;
  for (const loadId of missing) {
    const load = yield* getLoad(loadId);
    if (!load || load.lane_id !== lane.id || load.completed_at === null) continue;
    if (yield* repeatLoad(loadId, context)) loads += 1;
    else {
      yield* run(giveUp, { loadId, now });
      gap = widened(gap, load, now);
    }
  }
  if (gap) yield* run(showGap, { id: lane.id, gap: JSON.stringify(gap) });
  if (loads > 0) yield* freeLane(lane);
  return { loads, gap };
}

function widened(gap: LoadGap | null, { completed_at, rows_loaded }: LoadRow, now: number): LoadGap {
  const at = completed_at ?? now;
  return {
    since: now,
    loads: (gap?.loads ?? 0) + 1,
    rows: (gap?.rows ?? 0) + (rows_loaded ?? 0),
    from: Math.min(gap?.from ?? at, at),
    to: Math.max(gap?.to ?? at, at),
  };
}
