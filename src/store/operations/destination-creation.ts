import { assert } from '../../errors/bug.ts';
import { Failure } from '../../errors/failure.ts';
import type { Destination } from '../../model/destination.ts';
import { type Context, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { NewDestination } from '../store.ts';
import { holdAccount } from './account-row.ts';
import { storeProof } from './check-ends.ts';
import { startCheck } from './check-starts.ts';
import { addChange } from './destination-history.ts';
import { getDestination } from './destination-reads.ts';
import { allotId } from './ids.ts';
import { requireLiveKeys, sealedWith } from './seal-keys.ts';
import { mapUnmapped } from './source-mapping.ts';

const liveCount = statement<{ accountId: number }>()((db, given) =>
  db
    .selectFrom('destinations')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', given('accountId'))
    .where('deleted_at', 'is', null),
);

const insertDestination = statement<
  Pick<NewDestination, 'id' | 'accountId' | 'uid' | 'type' | 'name' | 'description'> & {
    properties: string;
    secrets: string;
    sealedWith: string | null;
    now: number;
  }
>()((db, given) =>
  db
    .insertInto('destinations')
    .values({
      id: given('id') as number,
      account_id: given('accountId'),
      uid: given('uid'),
      type: given('type'),
      name: given('name'),
      description: given('description'),
      revision: 1,
      properties: given('properties'),
      secrets: given('secrets'),
      sealed_with: given('sealedWith'),
      change_count: 1,
      check_count: 0,
      created_at: given('now'),
      updated_at: given('now'),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll(),
);

export function* createDestination(input: NewDestination, context: Context): Work<Destination> {
  const account = yield* holdAccount(input.accountId);
  if (!account) throw new Failure('InvalidId', `There is no account ${input.accountId}.`);
  const limit = account.destinationLimit ?? input.defaultLimit ?? null;
  if (limit !== null) {
    const row = yield* first(liveCount, { accountId: account.id });
    if ((row?.count ?? 0) >= limit) throw new Failure('DestinationLimit');
  }
  yield* requireLiveKeys(input.sealed);
  const id = yield* allotId('destinations', input.id);
  const row = yield* first(insertDestination, {
    id,
    accountId: account.id,
    uid: input.uid,
    type: input.type,
    name: input.name,
    description: input.description,
    properties: JSON.stringify(input.properties),
    secrets: JSON.stringify(input.sealed),
    sealedWith: sealedWith(input.sealed),
    now: context.now,
  });
  if (!row) {
    // Somebody else asked for this very id after the sequence had given it out.
    if (input.id === null) return yield* createDestination(input, context);
    throw new Failure('InvalidForm', `The destination id ${id} is taken.`, {
      remedy: 'Choose another id; ids of deleted destinations are never given again.',
      data: { errors: { id: 'taken' } },
    });
  }
  yield* addChange(row.id, 1, {
    at: context.now,
    revision: 1,
    actor: input.actor,
    action: 'created',
    changes: input.changes,
    notes: input.notes,
  });
  if (input.mapSources) yield* mapUnmapped({ accountId: account.id, destinationId: row.id }, context);
  if (input.proof) yield* storeProof(row, input.proof, context);
  else yield* startCheck(row, input.check, context);
  const created = yield* getDestination({ accountId: account.id, id: row.id });
  assert(created, 'a destination is gone right after it was made');
  return created;
}
