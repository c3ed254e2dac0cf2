import type { Migration } from './migration.ts';

export const controlPlane: Migration = {
  version: 1,
  name: 'control plane',
  statements: ({ countingKey, integer, bytes, tableOptions }) => [
    `create table accounts (
      id ${countingKey},
      uid text not null,
      company text not null,
      email text not null,
      email_key text,
      first_name text not null,
      last_name text not null,
      region text not null,
      partner_id text,
      destination_limit ${integer},
      checks_per_minute ${integer},
      ssh_public_key text not null,
      ssh_private_key text not null,
      sealed_with text,
      created_at ${integer} not null,
      suspended_at ${integer},
      deleted_at ${integer}
    )${tableOptions}`,
    'create unique index accounts_email_key on accounts (email_key)',
    'create index accounts_sealed_with on accounts (sealed_with)',

    `create table tokens (
      id ${countingKey},
      account_id ${integer} not null references accounts (id),
      kind text not null,
      hash text not null unique,
      hint text not null,
      name text,
      created_at ${integer} not null,
      revoked_at ${integer}
    )${tableOptions}`,
    'create index tokens_account on tokens (account_id)',

    `create table partners (
      id text primary key,
      name text not null,
      secret_hash text not null,
      created_at ${integer} not null
    )${tableOptions}`,

    `create table destinations (
      id ${countingKey},
      account_id ${integer} not null references accounts (id),
      uid text not null unique,
      type text not null,
      name text not null,
      description text,
      revision ${integer} not null,
      properties text not null,
      secrets text not null,
      sealed_with text,
      change_count ${integer} not null,
      check_count ${integer} not null,
      created_at ${integer} not null,
      updated_at ${integer} not null,
      deleted_at ${integer},
      system_paused_at ${integer},
      last_check_name text,
      last_check_revision ${integer},
      last_check_failed ${integer},
      last_check_started_at ${integer},
      last_check_completed_at ${integer},
      check_job_name text
    )${tableOptions}`,
    'create index destinations_account on destinations (account_id, id) where deleted_at is null',
    'create index destinations_sealed_with on destinations (sealed_with)',

    `create table destination_changes (
      destination_id ${integer} not null references destinations (id),
      number ${integer} not null,
      revision ${integer} not null,
      at ${integer} not null,
      actor text not null,
      action text not null,
      changes text not null,
      notes text not null,
      primary key (destination_id, number)
    )${tableOptions}`,

    `create table host_keys (
      destination_id ${integer} not null references destinations (id),
      host text not null,
      port ${integer} not null,
      pinned text,
      seen text,
      primary key (destination_id, host, port)
    )${tableOptions}`,

    `create table checks (
      name text primary key,
      account_id ${integer} not null references accounts (id),
      destination_id ${integer} not null references destinations (id),
      number ${integer} not null,
      revision ${integer} not null,
      status text not null,
      origin text not null,
      created_at ${integer} not null,
      started_at ${integer},
      completed_at ${integer},
      steps text not null,
      error text,
      superseded_by text,
      attempt ${integer} not null,
      fence ${integer} not null,
      owner text,
      lease_until ${integer},
      unique (destination_id, number)
    )${tableOptions}`,
    // Not more than one waiting and one running check for each destination: the rule, kept by the database itself.
    "create unique index checks_waiting on checks (destination_id) where status = 'waiting'",
    "create unique index checks_running on checks (destination_id) where status = 'running'",
    "create index checks_by_age on checks (created_at, name) where status = 'waiting'",
    "create index checks_by_lease on checks (lease_until) where status = 'running'",

    `create table check_minutes (
      account_id ${integer} primary key references accounts (id),
      minute ${integer} not null,
      spent ${integer} not null
    )${tableOptions}`,

    `create table leases (
      name text primary key,
      owner text not null,
      fence ${integer} not null,
      expires_at ${integer} not null
    )${tableOptions}`,

    `create table idempotency_keys (
      account_id ${integer} not null references accounts (id),
      key_hash text not null,
      body_hash text not null,
      created_at ${integer} not null,
      status ${integer},
      headers text,
      body text,
      primary key (account_id, key_hash)
    )${tableOptions}`,
    'create index idempotency_keys_by_age on idempotency_keys (created_at)',

    `create table keyring (
      id ${integer} primary key check (id = 1),
      version ${integer} not null,
      master_fingerprint text not null,
      active_key_id text not null,
      keys text not null
    )${tableOptions}`,

    `create table spool_parts (
      batch_id text not null,
      part ${integer} not null,
      parts ${integer} not null,
      raw_bytes ${integer} not null,
      stored_bytes ${integer} not null,
      checksum text not null,
      body ${bytes} not null,
      primary key (batch_id, part)
    )${tableOptions}`,
  ],
};
