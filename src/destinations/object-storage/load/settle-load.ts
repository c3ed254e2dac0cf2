import type { LoadResult } from '../../../model/load-result.ts';
import type { LoadPlan } from '../../session.ts';
import { neverStill } from '../../sql/load-stops.ts';
import type { Bucket } from '../bucket.ts';
import { markOf, withoutLoad } from './lane-record.ts';
import type { Lanes } from './lanes.ts';
import { showFiles } from './show-files.ts';

const attempts = 4;

/** See {@link Session.settle}. */
export async function settleLoad(given: {
  readonly bucket: Bucket;
  readonly lanes: Lanes;
  readonly plan: LoadPlan;
  readonly signal: AbortSignal;
}): Promise<LoadResult | null | 'fenced'> {
  const { lanes, plan, signal } = given;
  const { lane, loadId, fence } = plan;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const known = await lanes.read(lane, signal);
    let { record } = known;
    const { committed } = record;
    if (committed !== null && (await showFiles(given, committed)) === 'lost' && committed.loadId === loadId)
      record = withoutLoad(record, loadId);
    const result = markOf(record, loadId);
    if (result !== null) return result;
    if (record.fence > fence) return 'fenced';
    // Even when the fence stands already: what is still on its way from before must find another state than it expects.
    if ((await lanes.replace(known, { ...record, fence }, signal)) !== null) return null;
  }
  throw neverStill(lane.table);
}
