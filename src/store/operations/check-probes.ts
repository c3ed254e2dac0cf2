import { all, type Context, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { startCheck } from './check-starts.ts';
import { holdDestination } from './destination-row.ts';

/** Destinations that refuse us, that sources load into, and that nobody has tried for a while. Longest first. */
const due = statement<{ triedBefore: number; limit: number }>()((db, given) =>
  db
    .selectFrom('destinations')
    .innerJoin('accounts', 'accounts.id', 'destinations.account_id')
    .select('destinations.id')
    .where('destinations.system_paused_at', 'is not', null)
    .where('destinations.deleted_at', 'is', null)
    .where('accounts.suspended_at', 'is', null)
    .where('accounts.deleted_at', 'is', null)
    .where(({ eb, or }) =>
      or([
        eb('destinations.last_check_completed_at', 'is', null),
        eb('destinations.last_check_completed_at', '<=', given('triedBefore')),
      ]),
    )
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('sources')
          .select('sources.id')
          .whereRef('sources.destination_id', '=', 'destinations.id')
          .where('sources.deleted_at', 'is', null)
          .where('sources.paused_at', 'is', null),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('checks')
            .select('checks.name')
            .whereRef('checks.destination_id', '=', 'destinations.id')
            .where('checks.status', 'in', ['waiting', 'running']),
        ),
      ),
    )
    .orderBy('destinations.last_check_completed_at')
    .limit(given('limit')),
);

export interface Probing {
  /** How long a destination is left alone after its last check, in milliseconds. */
  readonly restMilliseconds: number;
  /** One for each check that may be started. */
  readonly uuids: readonly string[];
}

/** Starts a check of each destination that is due. Returns how many. */
export function* probeDestinations({ restMilliseconds, uuids }: Probing, context: Context): Work<number> {
  const found = yield* all(due, { triedBefore: context.now - restMilliseconds, limit: uuids.length });
  let started = 0;
  // In the order of their ids, as everybody does who holds several.
  for (const { id } of found.toSorted((one, other) => one.id - other.id)) {
    const destination = yield* holdDestination(id);
    const uuid = uuids[started];
    if (!destination || destination.system_paused_at === null || uuid === undefined) continue;
    yield* startCheck(destination, { uuid, origin: 'probe' }, context);
    started += 1;
  }
  return started;
}
