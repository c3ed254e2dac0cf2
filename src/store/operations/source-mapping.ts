import { Failure } from '../../errors/failure.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

const keepDestination = statement<{ accountId: number; destinationId: number }>()((db, given) =>
  db
    .selectFrom('destinations')
    .select('id')
    .where('id', '=', given('destinationId'))
    .where('account_id', '=', given('accountId'))
    .where('deleted_at', 'is', null)
    .forKeyShare(),
);

const liveDestinations = statement<{ accountId: number }>()((db, given) =>
  db
    .selectFrom('destinations')
    .select('id')
    .where('account_id', '=', given('accountId'))
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .limit(2),
);

const mapAll = statement<{ accountId: number; destinationId: number; now: number }>()((db, given) =>
  db
    .updateTable('sources')
    .set({ destination_id: given('destinationId'), updated_at: given('now') })
    .where('account_id', '=', given('accountId'))
    .where('destination_id', 'is', null)
    .where('deleted_at', 'is', null),
);

const pauseAll = statement<{ destinationId: number; now: number }>()((db, given) =>
  db
    .updateTable('sources')
    .set({ paused_at: given('now'), updated_at: given('now') })
    .where('destination_id', '=', given('destinationId'))
    .where('paused_at', 'is', null)
    .where('deleted_at', 'is', null),
);

/** Keeps the destination from being deleted until the commit. */
export function* requireDestination(accountId: number, destinationId: number): Work<void> {
  if (yield* first(keepDestination, { accountId, destinationId })) return;
  throw new Failure('InvalidId', `There is no destination ${destinationId}.`);
}

/** The account's destination, if it has exactly one. */
export function* onlyDestination(accountId: number): Work<number | null> {
  const [one, another] = yield* all(liveDestinations, { accountId });
  return one && !another ? one.id : null;
}

export function* mapUnmapped(
  { accountId, destinationId }: { accountId: number; destinationId: number },
  context: Context,
): Work<number> {
  yield* requireDestination(accountId, destinationId);
  const mapped = yield* run(mapAll, { accountId, destinationId, now: context.now });
  if (mapped > 0) context.notify('loads');
  return mapped;
}

/** For a destination that is being deleted: its sources stay mapped to it and wait until somebody maps them anew. */
export function* pauseMapped(destinationId: number, { now }: Context): Work<void> {
  yield* run(pauseAll, { destinationId, now });
}

const mappedNames = statement<{ destinationId: number }>()((db, given) =>
  db
    .selectFrom('sources')
    .select('name')
    .distinct()
    .where('destination_id', '=', given('destinationId'))
    .where('deleted_at', 'is', null)
    .orderBy('name'),
);

export function* schemasOfDestination(destinationId: number): Work<string[]> {
  return (yield* all(mappedNames, { destinationId })).map(({ name }) => name);
}
