import type { Migration } from './migration.ts';

/** Batches that somebody does not want loaded any more. */
export const discards: Migration = {
  version: 9,
  name: 'discards',
  statements: ({ integer }) => [
    // Since when it is to be discarded; it is once its load is known not to stand in the destination.
    `alter table batches add column discard_asked_at ${integer}`,
  ],
};
