import type { Selectable } from 'kysely';
import type { Destination } from '../../model/destination.ts';
import type { Properties } from '../../model/form.ts';
import { first, type Work } from '../operation.ts';
import type { DestinationsTable } from '../schema.ts';
import { statement } from '../statement.ts';
import type { SealedSecrets } from '../store.ts';

export type DestinationRow = Selectable<DestinationsTable>;

const lockDestination = statement<{ id: number }>()((db, given) =>
  db
    .selectFrom('destinations')
    .selectAll()
    .where('id', '=', given('id'))
    .where('deleted_at', 'is', null)
    .forUpdate(),
);

/**
 * The destination's row, kept from changing until the commit; undefined when it is missing or deleted. Whoever changes
 * a destination, its checks, history or host keys holds it first.
 */
export function* holdDestination(id: number): Work<DestinationRow | undefined> {
  return yield* first(lockDestination, { id });
}

/** As {@link holdDestination}; also undefined when it is another account's. */
export function* holdDestinationOf(accountId: number, id: number): Work<DestinationRow | undefined> {
  const row = yield* holdDestination(id);
  return row?.account_id === accountId ? row : undefined;
}

export const toDestination = (row: DestinationRow): Destination => ({
  id: row.id,
  accountId: row.account_id,
  uid: row.uid,
  type: row.type,
  name: row.name,
  description: row.description,
  revision: row.revision,
  properties: JSON.parse(row.properties) as Properties,
  credentialNames: Object.keys(sealedOf(row)),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
  systemPausedAt: row.system_paused_at,
  lastCheck:
    row.last_check_name === null
      ? null
      : {
          name: row.last_check_name,
          revision: row.last_check_revision ?? 0,
          error: row.last_check_failed === 1,
          startedAt: row.last_check_started_at ?? 0,
          completedAt: row.last_check_completed_at ?? 0,
        },
  checkJobName: row.check_job_name,
});

export const sealedOf = (row: Pick<DestinationRow, 'secrets'>): SealedSecrets =>
  JSON.parse(row.secrets) as SealedSecrets;
