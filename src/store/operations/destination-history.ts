import type { Change } from '../../model/destination.ts';
import { all, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

/** How many entries of a destination's history are kept. */
const keptChanges = 1000;

const insertChange = statement<{
  destinationId: number;
  number: number;
  revision: number;
  at: number;
  actor: string;
  action: Change['action'];
  changes: string;
  notes: string;
}>()((db, given) =>
  db.insertInto('destination_changes').values({
    destination_id: given('destinationId'),
    number: given('number'),
    revision: given('revision'),
    at: given('at'),
    actor: given('actor'),
    action: given('action'),
    changes: given('changes'),
    notes: given('notes'),
  }),
);

const pruneChanges = statement<{ destinationId: number; upTo: number }>()((db, given) =>
  db
    .deleteFrom('destination_changes')
    .where('destination_id', '=', given('destinationId'))
    .where('number', '<=', given('upTo')),
);

const newestChanges = statement<{ accountId: number; id: number; limit: number }>()((db, given) =>
  db
    .selectFrom('destination_changes')
    .innerJoin('destinations', 'destinations.id', 'destination_changes.destination_id')
    .selectAll('destination_changes')
    .where('destination_changes.destination_id', '=', given('id'))
    .where('destinations.account_id', '=', given('accountId'))
    .orderBy('destination_changes.number', 'desc')
    .limit(given('limit')),
);

/** Adds entry `number`, the caller's next one for this destination, and drops what is too old. */
export function* addChange(destinationId: number, number: number, change: Change): Work<void> {
  yield* run(insertChange, {
    destinationId,
    number,
    revision: change.revision,
    at: change.at,
    actor: change.actor,
    action: change.action,
    changes: JSON.stringify(change.changes),
    notes: JSON.stringify(change.notes),
  });
  if (number > keptChanges) yield* run(pruneChanges, { destinationId, upTo: number - keptChanges });
}

export function* destinationHistory(wanted: {
  accountId: number;
  id: number;
  limit: number;
}): Work<Change[]> {
  const rows = yield* all(newestChanges, wanted);
  return rows.map((row) => ({
    at: row.at,
    revision: row.revision,
    actor: row.actor,
    action: row.action,
    changes: JSON.parse(row.changes) as Change['changes'],
    notes: JSON.parse(row.notes) as Change['notes'],
  }));
}
