import { assert } from '../../errors/bug.ts';
import { Failure } from '../../errors/failure.ts';
import type { Source } from '../../model/source.ts';
import { all, type Context, first, type Work } from '../operation.ts';
import type { NewSource, SourceUpdate } from '../source-store.ts';
import { statement } from '../statement.ts';
import { holdAccount } from './account-row.ts';
import { allotId } from './ids.ts';
import { wakeSource } from './lane-waking.ts';
import { onlyDestination, requireDestination } from './source-mapping.ts';
import { holdSource, type OwnedSource, type SourceRow, toSource } from './source-row.ts';

/** The conflicts are told apart afterwards: looking first would let two of them pass at once on PostgreSQL. */
const insertSource = statement<
  Omit<NewSource, 'properties' | 'unmapped' | 'pausedAt'> & {
    properties: string;
    pausedAt: number | null;
    now: number;
  }
>()((db, given) =>
  db
    .insertInto('sources')
    .values({
      id: given('id') as number,
      account_id: given('accountId'),
      type: given('type'),
      display_name: given('displayName'),
      name: given('name'),
      properties: given('properties'),
      destination_id: given('destinationId'),
      paused_at: given('pausedAt'),
      created_at: given('now'),
      updated_at: given('now'),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll(),
);

const sourceByName = statement<{ accountId: number; name: string }>()((db, given) =>
  db
    .selectFrom('sources')
    .select('id')
    .where('account_id', '=', given('accountId'))
    .where('name', '=', given('name'))
    .where('replay_of', 'is', null)
    .where('deleted_at', 'is', null),
);

const ownedSource = statement<OwnedSource>()((db, given) =>
  db
    .selectFrom('sources')
    .selectAll()
    .where('id', '=', given('id'))
    .where('replay_of', 'is', null)
    .where('account_id', '=', given('accountId')),
);

const sourcesOfAccount = statement<{ accountId: number }>()((db, given) =>
  db
    .selectFrom('sources')
    .selectAll()
    .where('account_id', '=', given('accountId'))
    .where('replay_of', 'is', null)
    .orderBy('id'),
);

const change = statement<
  Pick<SourceRow, 'id' | 'display_name' | 'properties' | 'destination_id' | 'paused_at'> & { now: number }
>()((db, given) =>
  db
    .updateTable('sources')
    .set({
      display_name: given('display_name'),
      properties: given('properties'),
      destination_id: given('destination_id'),
      paused_at: given('paused_at'),
      updated_at: given('now'),
    })
    .where('id', '=', given('id'))
    .returningAll(),
);

export function* createSource(source: NewSource, context: Context): Work<Source> {
  const { accountId, name, unmapped, pausedAt = null, ...rest } = source;
  if (!(yield* holdAccount(accountId))) throw new Failure('InvalidId', `There is no account ${accountId}.`);
  if (source.destinationId !== null) yield* requireDestination(accountId, source.destinationId);
  const id = yield* allotId('sources', source.id);
  const row = yield* first(insertSource, {
    ...rest,
    accountId,
    name,
    id,
    pausedAt,
    destinationId: source.destinationId ?? (unmapped ? null : yield* onlyDestination(accountId)),
    properties: JSON.stringify(source.properties),
    now: context.now,
  });
  if (row) return toSource(row);
  if (yield* first(sourceByName, { accountId, name }))
    throw new Failure('InvalidName', `non-unique name (${name})`, { data: { name } });
  // Somebody else asked for this very id after the sequence had given it out.
  if (source.id === null) return yield* createSource(source, context);
  throw new Failure('InvalidForm', `The source id ${id} is taken.`, {
    remedy: 'Choose another id; ids of deleted sources are never given again.',
    data: { errors: { id: 'taken' } },
  });
}

export function* getSource(wanted: OwnedSource): Work<Source | null> {
  const row = yield* first(ownedSource, wanted);
  return row ? toSource(row) : null;
}

export function* listSources(accountId: number): Work<Source[]> {
  return (yield* all(sourcesOfAccount, { accountId })).map(toSource);
}

export function* updateSource(input: SourceUpdate, context: Context): Work<Source | null> {
  const { accountId, destinationId } = input;
  // Before the source, as everybody does who holds both.
  if (typeof destinationId === 'number') yield* requireDestination(accountId, destinationId);
  const held = yield* holdSource(input);
  if (!held || held.replay_of !== null) return null;
  const row = yield* first(change, {
    id: held.id,
    display_name: input.displayName ?? held.display_name,
    properties: input.properties ? JSON.stringify(input.properties) : held.properties,
    destination_id: destinationId === undefined ? held.destination_id : destinationId,
    paused_at: input.pausedAt === undefined ? held.paused_at : input.pausedAt,
    now: context.now,
  });
  assert(row, 'a source is gone while it was held');
  if (row.destination_id !== held.destination_id) yield* wakeSource(row.id);
  context.notify('loads');
  return toSource(row);
}
