import { all, type Context, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { lockLanesOfSource } from './lane-row.ts';

const lockLanesOfDestination = statement<{ destinationId: number }>()((db, given) =>
  db
    .selectFrom('lanes')
    .innerJoin('sources', 'sources.id', 'lanes.source_id')
    .select('lanes.id')
    .where('sources.destination_id', '=', given('destinationId'))
    .orderBy('lanes.id')
    .forNoKeyUpdate('lanes'),
);

const endRest = statement<{ id: number }>()((db, given) =>
  db.updateTable('lanes').set({ retry_at: null, blocked: 0 }).where('id', '=', given('id')),
);

/** The backoff begins anew. */
const forgetAttempts = statement<{ id: number }>()((db, given) =>
  db
    .updateTable('loads')
    .set({ attempts: 0 })
    .where('lane_id', '=', given('id'))
    .where('completed_at', 'is', null),
);

/** Ends the waiting of all lanes that lead to a destination. */
export function* wakeDestination(destinationId: number, context: Context): Work<void> {
  yield* wakeLanes(yield* all(lockLanesOfDestination, { destinationId }));
  context.notify('loads');
}

/** Ends the waiting of a source's lanes. */
export function* wakeSource(sourceId: number): Work<void> {
  yield* wakeLanes(yield* all(lockLanesOfSource, { sourceId }));
}

function* wakeLanes(lanes: readonly { id: number }[]): Work<void> {
  for (const { id } of lanes) {
    yield* run(endRest, { id });
    yield* run(forgetAttempts, { id });
  }
}
