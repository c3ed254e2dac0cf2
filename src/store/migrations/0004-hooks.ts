import type { Migration } from './migration.ts';

export const hooks: Migration = {
  version: 4,
  name: 'hooks',
  statements: ({ countingKey, integer, tableOptions }) => [
    `create table hooks (
      id ${countingKey},
      uid text not null,
      account_id ${integer} not null references accounts (id),
      destination_id ${integer} not null references destinations (id),
      type text not null,
      url text not null,
      secret text,
      sealed_with text,
      created_at ${integer} not null,
      modified_at ${integer} not null,
      disabled_at ${integer},
      served_at ${integer} not null
    )${tableOptions}`,
    'create index hooks_account on hooks (account_id, id)',
    'create index hooks_destination on hooks (destination_id)',

    `create table hook_deliveries (
      position ${countingKey},
      id text not null unique,
      account_id ${integer} not null,
      hook_id ${integer} not null references hooks (id),
      type text not null,
      is_test ${integer} not null,
      body text not null,
      state text not null,
      attempts ${integer} not null,
      fence ${integer} not null,
      owner text,
      next_at ${integer} not null,
      status ${integer},
      error text,
      created_at ${integer} not null,
      ended_at ${integer}
    )${tableOptions}`,
    'create index hook_deliveries_due on hook_deliveries (hook_id, next_at) where ended_at is null',
    'create index hook_deliveries_hook on hook_deliveries (hook_id, position)',
    'create index hook_deliveries_ended on hook_deliveries (ended_at) where ended_at is not null',

    `create table hook_quiets (
      hook_id ${integer} not null references hooks (id),
      lane_id ${integer} not null,
      told_at ${integer} not null,
      held_back ${integer} not null,
      is_open ${integer} not null,
      primary key (hook_id, lane_id)
    )${tableOptions}`,
    'create index hook_quiets_lane on hook_quiets (lane_id) where is_open = 1',
  ],
};
