import type { Selectable } from 'kysely';
import { Failure } from '../../errors/failure.ts';
import type { Source } from '../../model/source.ts';
import { first, type Work } from '../operation.ts';
import type { SourcesTable } from '../records-schema.ts';
import { statement } from '../statement.ts';

export type SourceRow = Selectable<SourcesTable>;

export interface OwnedSource {
  readonly accountId: number;
  readonly id: number;
}

/** Not `for update`: batches that are accepted meanwhile only need the source to stay. */
const lockSource = statement<OwnedSource>()((db, given) =>
  db
    .selectFrom('sources')
    .selectAll()
    .where('id', '=', given('id'))
    .where('account_id', '=', given('accountId'))
    .where('deleted_at', 'is', null)
    .forNoKeyUpdate(),
);

const lockForGood = statement<OwnedSource>()((db, given) =>
  db
    .selectFrom('sources')
    .selectAll()
    .where('id', '=', given('id'))
    .where('account_id', '=', given('accountId'))
    .where('deleted_at', 'is', null)
    .forUpdate(),
);

const keep = statement<OwnedSource>()((db, given) =>
  db
    .selectFrom('sources')
    .select('id')
    .where('id', '=', given('id'))
    .where('account_id', '=', given('accountId'))
    .where('deleted_at', 'is', null)
    .forKeyShare(),
);

/** The live source, kept from other changes until the commit; undefined when the account has none of that id. */
export function* holdSource(wanted: OwnedSource): Work<SourceRow | undefined> {
  return yield* first(lockSource, wanted);
}

/** As {@link holdSource}, and no batch is accepted for it meanwhile. */
export function* holdSourceForGood(wanted: OwnedSource): Work<SourceRow | undefined> {
  return yield* first(lockForGood, wanted);
}

/** Keeps the source from being deleted until the commit. */
export function* requireSource(wanted: OwnedSource): Work<void> {
  if (!(yield* findSource(wanted))) throw noSuchSource(wanted.id);
}

/** As {@link requireSource}; false: there is none. */
export function* findSource(wanted: OwnedSource): Work<boolean> {
  return (yield* first(keep, wanted)) !== undefined;
}

export const noSuchSource = (id: number): Failure => new Failure('InvalidId', `There is no source ${id}.`);

export const toSource = (row: SourceRow): Source => ({
  id: row.id,
  accountId: row.account_id,
  type: row.type,
  displayName: row.display_name,
  name: row.name,
  properties: JSON.parse(row.properties) as Source['properties'],
  destinationId: row.destination_id,
  pausedAt: row.paused_at,
  systemPausedAt: row.system_paused_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
  replayOf: row.replay_of,
});
