import type { Change } from '../../model/destination.ts';
import { all, type Context, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { CompletedCheck, HostKey } from '../store.ts';
import { addChange } from './destination-history.ts';
import type { OwnedDestination } from './destination-reads.ts';
import { holdDestinationOf } from './destination-row.ts';

interface Place {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

const keysOfDestination = statement<{ id: number }>()((db, given) =>
  db
    .selectFrom('host_keys')
    .select(['host', 'port', 'pinned', 'seen'])
    .where('destination_id', '=', given('id'))
    .orderBy('host')
    .orderBy('port'),
);

const keysOfOwned = statement<OwnedDestination>()((db, given) =>
  db
    .selectFrom('host_keys')
    .innerJoin('destinations', 'destinations.id', 'host_keys.destination_id')
    .select(['host_keys.host', 'host_keys.port', 'host_keys.pinned', 'host_keys.seen'])
    .where('destinations.id', '=', given('id'))
    .where('destinations.account_id', '=', given('accountId'))
    .orderBy('host_keys.host')
    .orderBy('host_keys.port'),
);

/** The first key seen at a place is pinned; later ones are only remembered. */
const rememberKey = statement<Place & { key: string }>()((db, given) =>
  db
    .insertInto('host_keys')
    .values({
      destination_id: given('id'),
      host: given('host'),
      port: given('port'),
      pinned: given('key'),
      seen: given('key'),
    })
    .onConflict((conflict) =>
      conflict.columns(['destination_id', 'host', 'port']).doUpdateSet(({ fn, ref, val }) => ({
        pinned: fn.coalesce(ref('host_keys.pinned'), val(given('key'))),
        seen: given('key'),
      })),
    ),
);

const pinSeen = statement<Place>()((db, given) =>
  db
    .updateTable('host_keys')
    .set(({ ref }) => ({ pinned: ref('seen') }))
    .where('destination_id', '=', given('id'))
    .where('host', '=', given('host'))
    .where('port', '=', given('port')),
);

const forgetKey = statement<Place>()((db, given) =>
  db
    .deleteFrom('host_keys')
    .where('destination_id', '=', given('id'))
    .where('host', '=', given('host'))
    .where('port', '=', given('port')),
);

const forgetKeys = statement<{ id: number }>()((db, given) =>
  db.deleteFrom('host_keys').where('destination_id', '=', given('id')),
);

const countChange = statement<{ id: number }>()((db, given) =>
  db
    .updateTable('destinations')
    .set(({ eb, ref }) => ({ change_count: eb(ref('change_count'), '+', 1) }))
    .where('id', '=', given('id')),
);

/** What a check of saved settings saw: pinned where nothing is pinned yet. */
export function* rememberHostKeys(id: number, seen: CompletedCheck['hostKeys']): Work<void> {
  for (const { host, port, key } of seen) yield* run(rememberKey, { id, host, port, key });
}

/** Drops what is known of places that the settings no longer name. */
export function* keepHostKeys(id: number, keep: readonly { host: string; port: number }[]): Work<void> {
  for (const { host, port } of yield* all(keysOfDestination, { id })) {
    if (!keep.some((place) => place.host === host && place.port === port))
      yield* run(forgetKey, { id, host, port });
  }
}

export function* forgetHostKeys(id: number): Work<void> {
  yield* run(forgetKeys, { id });
}

export function* hostKeysForCheck(id: number): Work<HostKey[]> {
  return [...(yield* all(keysOfDestination, { id }))];
}

export function* listHostKeys(wanted: OwnedDestination): Work<HostKey[]> {
  return [...(yield* all(keysOfOwned, wanted))];
}

export function* acceptHostKey(
  { accountId, id, actor }: OwnedDestination & { actor: string },
  { now }: Context,
): Work<boolean> {
  const destination = yield* holdDestinationOf(accountId, id);
  if (!destination) return false;
  const seen = (yield* all(keysOfDestination, { id })).filter((key) => key.seen !== null);
  if (seen.length === 0) return false;
  const different = seen.filter((key) => key.seen !== key.pinned);
  if (different.length === 0) return true;
  for (const { host, port } of different) yield* run(pinSeen, { id, host, port });
  yield* run(countChange, { id });
  yield* addChange(id, destination.change_count + 1, {
    at: now,
    revision: destination.revision,
    actor,
    action: 'ssh_host_key_accepted',
    changes: different.map(toChange),
    notes: different.map(({ host, port }) => `The SSH host key of ${host}, port ${port}, was accepted.`),
  });
  return true;
}

const toChange = ({ pinned, seen }: HostKey): Change['changes'][number] => ({
  property: 'ssh_host_key',
  ...(pinned === null ? {} : { from: pinned }),
  ...(seen === null ? {} : { to: seen }),
});
