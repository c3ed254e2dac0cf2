import type { Destination } from '../../model/destination.ts';
import { all, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { SealedSecrets } from '../store.ts';
import { sealedOf, toDestination } from './destination-row.ts';

export interface OwnedDestination {
  readonly accountId: number;
  readonly id: number;
}

const ownedDestination = statement<OwnedDestination>()((db, given) =>
  db
    .selectFrom('destinations')
    .selectAll()
    .where('id', '=', given('id'))
    .where('account_id', '=', given('accountId'))
    .where('deleted_at', 'is', null),
);

const destinationsOfAccount = statement<{ accountId: number }>()((db, given) =>
  db
    .selectFrom('destinations')
    .selectAll()
    .where('account_id', '=', given('accountId'))
    .where('deleted_at', 'is', null)
    .orderBy('id'),
);

export function* getDestination(wanted: OwnedDestination): Work<Destination | null> {
  const row = yield* first(ownedDestination, wanted);
  return row ? toDestination(row) : null;
}

export function* listDestinations(accountId: number): Work<Destination[]> {
  return (yield* all(destinationsOfAccount, { accountId })).map(toDestination);
}

export function* destinationSecrets(
  wanted: OwnedDestination,
): Work<{ destination: Destination; sealed: SealedSecrets } | null> {
  const row = yield* first(ownedDestination, wanted);
  return row ? { destination: toDestination(row), sealed: sealedOf(row) } : null;
}
