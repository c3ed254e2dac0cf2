import type { Migration } from './migration.ts';

/** What happened lately in an account, found without looking at the rest. */
export const events: Migration = {
  version: 7,
  name: 'events',
  statements: () => [
    'create index checks_ended on checks (account_id, completed_at) where completed_at is not null',
    'create index loads_ended on loads (account_id, completed_at) where completed_at is not null',
    'create index lanes_failing on lanes (account_id, last_attempt_at) where error is not null',
    'drop index rejections_account',
    'create index rejections_account on rejections (account_id, rejected_at)',
    'create index schema_changes_lately on schema_changes (account_id, changed_at)',
  ],
};
