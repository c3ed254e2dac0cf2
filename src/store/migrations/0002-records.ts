import type { Migration } from './migration.ts';

export const records: Migration = {
  version: 2,
  name: 'records',
  statements: ({ countingKey, integer, tableOptions }) => [
    `create table sources (
      id ${countingKey},
      account_id ${integer} not null references accounts (id),
      type text not null,
      display_name text not null,
      name text not null,
      properties text not null,
      destination_id ${integer} references destinations (id),
      paused_at ${integer},
      system_paused_at ${integer},
      created_at ${integer} not null,
      updated_at ${integer} not null,
      deleted_at ${integer}
    )${tableOptions}`,
    'create index sources_account on sources (account_id, id)',
    'create unique index sources_name on sources (account_id, name) where deleted_at is null',
    'create index sources_destination on sources (destination_id)',

    `alter table tokens add column source_id ${integer} references sources (id)`,
    'create index tokens_source on tokens (source_id)',

    `create table lanes (
      id ${countingKey},
      account_id ${integer} not null references accounts (id),
      source_id ${integer} not null references sources (id),
      table_name text not null,
      fence ${integer} not null,
      owner text,
      lease_until ${integer},
      load_id text,
      retry_at ${integer},
      blocked ${integer} not null,
      error text,
      last_attempt_at ${integer},
      last_loaded_at ${integer},
      unique (source_id, table_name)
    )${tableOptions}`,
    'create index lanes_account on lanes (account_id)',
    'create index lanes_leased on lanes (account_id, lease_until) where owner is not null',
    'create unique index lanes_load on lanes (load_id) where load_id is not null',

    `create table loads (
      id text primary key,
      account_id ${integer} not null references accounts (id),
      lane_id ${integer} not null references lanes (id),
      destination_id ${integer} not null,
      revision ${integer} not null,
      first_position ${integer} not null,
      batched_at ${integer} not null,
      attempts ${integer} not null,
      crashes ${integer} not null,
      fence ${integer} not null,
      batches ${integer} not null,
      raw_bytes ${integer} not null,
      stored_bytes ${integer} not null,
      completed_at ${integer},
      rows_loaded ${integer},
      rows_rejected ${integer},
      dropped_as_older ${integer}
    )${tableOptions}`,
    'create index loads_planned on loads (lane_id, first_position) where completed_at is null',
    'create index loads_history on loads (lane_id, first_position) where completed_at is not null',
    'create index loads_completed on loads (completed_at) where completed_at is not null',

    // Without references: a batch that was discarded outlives its source until its payload is dropped.
    `create table batches (
      position ${countingKey},
      id text not null unique,
      account_id ${integer} not null,
      source_id ${integer} not null,
      lane_id ${integer} not null,
      format text not null,
      load_group text not null,
      records ${integer} not null,
      raw_bytes ${integer} not null,
      stored_bytes ${integer} not null,
      received_at ${integer} not null,
      load_id text,
      suspect ${integer} not null,
      outcome text,
      ended_at ${integer},
      error text
    )${tableOptions}`,
    'create index batches_unplanned on batches (lane_id, position) where outcome is null and load_id is null',
    'create index batches_load on batches (load_id) where load_id is not null',
    'create index batches_source on batches (source_id, position)',
    'create index batches_ended on batches (ended_at, position) where ended_at is not null',

    ...['lane', 'account'].map(
      (scope) => `create table ${scope}_totals (
      ${scope}_id ${integer} not null references ${scope}s (id),
      outcome text not null,
      shard ${integer} not null,
      batches ${integer} not null,
      raw_bytes ${integer} not null,
      stored_bytes ${integer} not null,
      primary key (${scope}_id, outcome, shard)
    )${tableOptions}`,
    ),
  ],
};
