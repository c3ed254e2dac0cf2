import type { Log } from '../lib/log.ts';
import type { LoadResult } from '../model/load-result.ts';
import { isSamePlace } from '../model/place.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { Store } from '../store/store.ts';
import { planOf } from './run-load.ts';
import type { Runner } from './runner.ts';

/** `done`: it stands already. `go`: load it now. `gone`: others go first, or somebody else has it. */
export type Comparison =
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'go' | 'gone' };

/** So many of a lane's newest loads are compared. */
const MOST_COMPARED = 10_000;
const ASKED_AT_ONCE = 100;

/**
 * Another fence stands in the destination than the lane's last load left. Takes the lane there, looks which of the
 * newest loads are missing, and has them repeated in their order; what cannot be repeated becomes a gap. Loads that went
 * to another place do not count: settings that lead to an empty database begin there with what is sent from then on.
 * @throws {LoadFailure} the destination does not say.
 */
export async function compareLane(
  load: PlannedLoad,
  session: Runner,
  { store, log }: { readonly store: Pick<Store, 'loads'>; readonly log: Log },
  signal: AbortSignal,
): Promise<Comparison> {
  const plan = planOf(load);
  const result = await session.settle(plan, signal);
  if (result !== null) return { kind: 'done', result };
  const missing = await missingLoads(load, session, store, signal);
  if (missing.length === 0) return { kind: 'go' };
  const { loadId, fence, table, source } = load;
  const repeated = await store.loads.repeatMissing({ loadId, fence, missing });
  if (!repeated) return { kind: 'gone' };
  log.warn(
    { source: source.id, table, repeated: repeated.loads, gap: repeated.gap },
    'the destination went back in time: loads that are missing there are repeated, a gap cannot be',
  );
  return { kind: repeated.loads > 0 ? 'gone' : 'go' };
}

/** Oldest first. */
async function missingLoads(
  { source, table }: PlannedLoad,
  session: Runner,
  store: Pick<Store, 'loads'>,
  signal: AbortSignal,
): Promise<string[]> {
  const lane = { schema: source.name, table };
  const asked = await session.recall?.(lane, { loadIds: [], batchIds: [] }, signal);
  if (!asked) return [];
  const past = await store.loads.completed({ sourceId: source.id, table }, MOST_COMPARED);
  const there = past
    .filter(({ place, missing }) => !missing && place !== null && isSamePlace(place, asked.place))
    .map(({ loadId }) => loadId);
  for (let from = 0; from < there.length; from += ASKED_AT_ONCE) {
    const loadIds = there.slice(from, from + ASKED_AT_ONCE);
    const standing = await session.recall?.(lane, { loadIds, batchIds: [] }, signal);
    const known = new Set(standing?.loadIds);
    const newest = loadIds.findIndex((id) => known.has(id));
    if (newest >= 0) return there.slice(0, from + newest).toReversed();
  }
  return there.toReversed();
}
