import type { LoadResult } from '../../../model/load-result.ts';
import { cleanName } from '../../../shape/names.ts';
import { pathText } from '../../../shape/shape.ts';
import type { LoadPlan } from '../../session.ts';
import { fencedOff } from '../../sql/load-stops.ts';
import { postgresDialect } from '../dialect.ts';
import { quoteQualified } from '../quote.ts';
import type { PostgresSession } from '../session.ts';
import { findMark, markResult, takeLane } from './bookkeeping.ts';

/** See `Session.settle`. Waits for whoever holds the lane, and shuts out whoever held it before. */
export async function settleLoad(
  session: PostgresSession,
  { lane: { schema, table }, loadId, fence }: LoadPlan,
  signal: AbortSignal,
): Promise<LoadResult | null> {
  const [, taken] = await session.script(['begin', takeLane(schema, pathText([[table]]), fence)], signal);
  if (taken?.rows.length === 0)
    throw fencedOff(quoteQualified(schema, cleanName(table, postgresDialect.names)), fence);
  const [mark] = await session.script([findMark(schema, loadId), 'commit'], signal);
  return markResult(mark?.rows ?? []);
}
