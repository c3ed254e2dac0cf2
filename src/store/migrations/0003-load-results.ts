import type { Migration } from './migration.ts';

/** What became of each load, for people: rows by table, what was rejected and why, how tables changed. */
export const loadResults: Migration = {
  version: 3,
  name: 'load results',
  statements: ({ countingKey, integer, tableOptions }) => [
    // Rows by table, as JSON.
    'alter table loads add column tables text',

    // Many rejections of one batch are one row: they are as many as records. They go with the batch.
    `create table rejections (
      id ${countingKey},
      account_id ${integer} not null references accounts (id),
      source_id ${integer} not null references sources (id),
      lane_id ${integer} not null references lanes (id),
      load_id text not null,
      batch_id text not null,
      rejected_at ${integer} not null,
      records ${integer} not null,
      entries text not null,
      retried_at ${integer}
    )${tableOptions}`,
    'create index rejections_lane on rejections (lane_id, id)',
    'create index rejections_source on rejections (source_id, id)',
    'create index rejections_batch on rejections (batch_id)',
    'create index rejections_account on rejections (account_id)',

    `create table schema_changes (
      id ${countingKey},
      account_id ${integer} not null references accounts (id),
      source_id ${integer} not null references sources (id),
      lane_id ${integer} not null references lanes (id),
      destination_id ${integer} not null,
      load_id text not null,
      changed_at ${integer} not null,
      table_name text not null,
      kind text not null,
      before_text text,
      after_text text not null,
      views text not null
    )${tableOptions}`,
    'create index schema_changes_account on schema_changes (account_id, id)',
    'create index schema_changes_lane on schema_changes (lane_id)',
    'create index schema_changes_source on schema_changes (source_id)',
  ],
};
