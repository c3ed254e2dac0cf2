import type { HookType } from '@backstitch/client';

/** What a hook of a type is told of, in the order in which people are asked. */
export const hookTypes: Readonly<Record<HookType, string>> = {
  post_load: 'Each load of a table',
  load_failed: 'A table that cannot be loaded',
  load_recovered: 'A table that is loaded again',
  records_rejected: 'Records that were rejected',
  check_failed: 'A check of the destination that failed',
  schema_changed: 'Tables and columns that were made or split',
};
