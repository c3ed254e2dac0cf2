import { sql } from 'kysely';

/**
 * Whether a lane rests until somebody acts: its source is paused, unmapped or gone, its destination gone or refusing
 * us, its account suspended. For queries that join `lanes` with `sources`, `accounts` and, where there is one, the
 * source's entry of `destinations`.
 */
export const resting = sql<boolean>`(
  accounts.suspended_at is not null
  or sources.deleted_at is not null
  or sources.paused_at is not null
  or sources.system_paused_at is not null
  or destinations.id is null
  or destinations.deleted_at is not null
  or destinations.system_paused_at is not null
)`;
