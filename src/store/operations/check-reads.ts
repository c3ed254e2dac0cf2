import type { Check } from '../../model/check.ts';
import { all, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { toCheck } from './check-row.ts';

const checkByName = statement<{ accountId: number; name: string }>()((db, given) =>
  db
    .selectFrom('checks')
    .selectAll()
    .where('name', '=', given('name'))
    .where('account_id', '=', given('accountId')),
);

const newestChecks = statement<{ accountId: number; destinationId: number; limit: number }>()((db, given) =>
  db
    .selectFrom('checks')
    .selectAll()
    .where('destination_id', '=', given('destinationId'))
    .where('account_id', '=', given('accountId'))
    .orderBy('number', 'desc')
    .limit(given('limit')),
);

const overtakenOf = statement<{ owner: string }>()((db, given) =>
  db
    .selectFrom('checks')
    .select('name')
    .where('status', '=', 'running')
    .where('owner', '=', given('owner'))
    .where('superseded_by', 'is not', null),
);

export function* getCheck({ accountId, name }: { accountId: number; name: string }): Work<Check | null> {
  let row = yield* first(checkByName, { accountId, name });
  // Each one that overtakes is younger than the one it overtakes, so this ends.
  while (row?.superseded_by) {
    const next = yield* first(checkByName, { accountId, name: row.superseded_by });
    if (!next) break;
    row = next;
  }
  return row ? toCheck(row) : null;
}

export function* listChecks(wanted: {
  accountId: number;
  destinationId: number;
  limit: number;
}): Work<Check[]> {
  return (yield* all(newestChecks, wanted)).map(toCheck);
}

export function* overtakenChecks(owner: string): Work<string[]> {
  return (yield* all(overtakenOf, { owner })).map(({ name }) => name);
}
