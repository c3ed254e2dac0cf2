import type { Migration } from './migration.ts';

/** What tells whether a destination went back in time. */
export const timeTravel: Migration = {
  version: 5,
  name: 'time travel',
  statements: ({ integer }) => [
    // Where its rows went, as JSON; null: an older version of the program did not keep it.
    'alter table loads add column place text',
    // When it was found to be missing there, without its payload still being here.
    `alter table loads add column missing_at ${integer}`,
    // The fence that the lane's last load left in the destination; null: not known.
    `alter table lanes add column loaded_fence ${integer}`,
    // What was lost there and cannot be loaded again, as JSON.
    'alter table lanes add column gap text',
  ],
};
