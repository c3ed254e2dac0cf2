import type { Migration } from './migration.ts';

/** Batches whose records were all found valid need not be validated again when they are loaded. */
export const checkedBatches: Migration = {
  version: 10,
  name: 'checked-batches',
  statements: ({ integer }) => [
    // Records that break the rules; null: not known, as for all batches until now.
    `alter table batches add column rejected ${integer}`,
  ],
};
