import { createBoundedCache } from '../lib/bounded-cache.ts';
import type { Log } from '../lib/log.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import { planOf } from './run-load.ts';
import type { Runner } from './runner.ts';

/**
 * Clears marks away. The newest of a lane stays: by it one sees whether the destination went back in time. The others
 * have served their purpose once a later load's result is durable, since a lane's loads are carried one by one.
 */
export interface Marks {
  /** This load's result is durable in the store. Never rejects: a mark too many does no harm. */
  concluded(load: PlannedLoad, session: Runner): Promise<void>;
}

/** Lanes whose newest mark is remembered; of the others all marks are looked at. */
const REMEMBERED_LANES = 20_000;

export function createMarks({ log }: { readonly log: Log }): Marks {
  const newest = createBoundedCache<string, string>({ maxSize: REMEMBERED_LANES });
  return {
    async concluded(load, session) {
      const { lane, loadId } = planOf(load);
      const key = JSON.stringify([load.destination.id, load.source.id, lane.schema, lane.table]);
      const before = newest.get(key);
      newest.set(key, loadId);
      try {
        // A replay may share the lane there with the source that it repeats, whose newest mark has to stay.
        const unknown = load.source.replayOf === null ? () => session.marks(lane) : async () => [];
        const standing = before === undefined ? await unknown() : [before];
        const served = standing.filter((mark) => mark !== loadId);
        if (served.length > 0) await session.dropMarks(lane, served);
      } catch (error) {
        newest.delete(key);
        log.debug({ load: loadId, err: error }, 'marks of earlier loads could not be cleared away');
      }
    },
  };
}
