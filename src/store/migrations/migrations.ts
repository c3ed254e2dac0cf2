import { Failure } from '../../errors/failure.ts';
import { controlPlane } from './0001-control-plane.ts';
import { records } from './0002-records.ts';
import { loadResults } from './0003-load-results.ts';
import { hooks } from './0004-hooks.ts';
import { timeTravel } from './0005-time-travel.ts';
import { sessions } from './0006-sessions.ts';
import { events } from './0007-events.ts';
import { replays } from './0008-replays.ts';
import { discards } from './0009-discards.ts';
import { checkedBatches } from './0010-checked-batches.ts';
import { partnerBranding } from './0011-partner-branding.ts';
import type { Migration } from './migration.ts';

const released: readonly Migration[] = [
  controlPlane,
  records,
  loadResults,
  hooks,
  timeTravel,
  sessions,
  events,
  replays,
  discards,
  checkedBatches,
  partnerBranding,
];

/** The schema version this program works with. */
export const newestVersion = released.length;

/** Where a store keeps what was done to it. The same on both engines and in every version, so that it can be read. */
export const versionsTable =
  'create table if not exists schema_versions (version integer primary key, name text not null, applied_at bigint not null)';

/**
 * What is missing in a store of that version (0: an empty one).
 * @throws {Failure} StoreTooNew: a newer program has been here, and what it wrote may mean something else.
 */
export function missingMigrations(storeVersion: number, migrations = released): readonly Migration[] {
  const newest = migrations.length;
  if (storeVersion > newest) {
    throw new Failure(
      'StoreTooNew',
      `The store has schema version ${storeVersion}, and this program knows versions up to ${newest}.`,
      {
        remedy:
          'Start the newer version of Backstitch that upgraded the store, or restore the backup that it made before.',
        data: { storeVersion, knownVersion: newest },
      },
    );
  }
  return migrations.filter(({ version }) => version > storeVersion);
}
