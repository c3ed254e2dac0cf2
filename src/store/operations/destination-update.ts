import { assert } from '../../errors/bug.ts';
import type { Destination } from '../../model/destination.ts';
import { type Context, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { DestinationUpdate, SealedSecrets } from '../store.ts';
import { storeProof } from './check-ends.ts';
import { startCheck } from './check-starts.ts';
import { addChange } from './destination-history.ts';
import { getDestination } from './destination-reads.ts';
import { type DestinationRow, holdDestinationOf, sealedOf } from './destination-row.ts';
import { keepHostKeys } from './host-keys.ts';
import { wakeDestination } from './lane-waking.ts';
import { requireLiveKeys, sealedWith } from './seal-keys.ts';

const storeRevision = statement<{
  id: number;
  name: string;
  description: string | null;
  revision: number;
  properties: string;
  secrets: string;
  sealedWith: string | null;
  changeCount: number;
  now: number;
}>()((db, given) =>
  db
    .updateTable('destinations')
    .set({
      name: given('name'),
      description: given('description'),
      revision: given('revision'),
      properties: given('properties'),
      secrets: given('secrets'),
      sealed_with: given('sealedWith'),
      change_count: given('changeCount'),
      updated_at: given('now'),
    })
    .where('id', '=', given('id'))
    .returningAll(),
);

export function* updateDestination(
  input: DestinationUpdate,
  context: Context,
): Work<Destination | 'conflict' | null> {
  const held = yield* holdDestinationOf(input.accountId, input.id);
  if (!held) return null;
  if (held.revision !== input.expectedRevision) return 'conflict';
  const row = input.changed ? yield* newRevision(held, input, context) : held;
  if (input.changed) yield* wakeDestination(row.id, context);
  if (input.proof) yield* storeProof(row, input.proof, context);
  else yield* startCheck(row, input.check, context);
  return yield* getDestination(input);
}

function* newRevision(
  held: DestinationRow,
  input: DestinationUpdate,
  { now }: Context,
): Work<DestinationRow> {
  yield* requireLiveKeys(input.sealed);
  const secrets = merge(sealedOf(held), input);
  const revision = held.revision + 1;
  const row = yield* first(storeRevision, {
    id: held.id,
    name: input.name,
    description: input.description,
    revision,
    properties: JSON.stringify(input.properties),
    secrets: JSON.stringify(secrets),
    sealedWith: sealedWith(secrets),
    changeCount: held.change_count + 1,
    now,
  });
  assert(row, 'a destination is gone while it was held');
  yield* addChange(held.id, row.change_count, {
    at: now,
    revision,
    actor: input.actor,
    action: 'updated',
    changes: input.changes,
    notes: input.notes,
  });
  yield* keepHostKeys(held.id, input.keepHostKeys);
  return row;
}

function merge(stored: SealedSecrets, { sealed, droppedCredentials }: DestinationUpdate): SealedSecrets {
  const kept = Object.entries(stored).filter(([name]) => !droppedCredentials.includes(name));
  return Object.fromEntries([...kept, ...Object.entries(sealed)]);
}
