import type { Generated } from 'kysely';
import type { LogoType } from '../model/logo.ts';
import type { HooksSchema } from './hooks-schema.ts';
import type { RecordsSchema } from './records-schema.ts';

/**
 * The tables of the store as its queries see them, alike on both engines: booleans are 0 or 1, times are milliseconds
 * since 1970, what has structure is JSON text.
 */
export interface Schema extends RecordsSchema, HooksSchema {
  accounts: AccountsTable;
  tokens: TokensTable;
  sessions: SessionsTable;
  partners: PartnersTable;
  destinations: DestinationsTable;
  destination_changes: DestinationChangesTable;
  host_keys: HostKeysTable;
  checks: ChecksTable;
  check_minutes: CheckMinutesTable;
  leases: LeasesTable;
  idempotency_keys: IdempotencyKeysTable;
  keyring: KeyringTable;
  spool_parts: SpoolPartsTable;
}

export interface AccountsTable {
  id: Generated<number>;
  uid: string;
  company: string;
  email: string;
  /** Lower case; unique among accounts that are not deleted. Null once deleted. */
  email_key: string | null;
  first_name: string;
  last_name: string;
  region: string;
  partner_id: string | null;
  destination_limit: number | null;
  checks_per_minute: number | null;
  ssh_public_key: string;
  ssh_private_key: string;
  /** Id of the data key that sealed the private key; null once deleted. */
  sealed_with: string | null;
  created_at: number;
  suspended_at: number | null;
  deleted_at: number | null;
}

export interface TokensTable {
  id: Generated<number>;
  account_id: number;
  kind: 'access' | 'import';
  hash: string;
  hint: string;
  name: string | null;
  created_at: number;
  revoked_at: number | null;
  /** The source whose records an import token sends; null for other tokens. */
  source_id: number | null;
}

export interface SessionsTable {
  id: Generated<number>;
  account_id: number;
  /** The access token it was made with, and ends with. */
  token_id: number;
  /** An ephemeral one is good for a single exchange. */
  kind: 'ephemeral' | 'browser';
  hash: string;
  created_at: number;
  expires_at: number;
}

export interface PartnersTable {
  id: string;
  name: string;
  secret_hash: string;
  created_at: number;
  /** Media type of its logo, the logo itself in base64, and its SHA-256 in hex; all of them or none. */
  logo_type: LogoType | null;
  logo: string | null;
  logo_hash: string | null;
  return_url: string | null;
}

export interface DestinationsTable {
  id: Generated<number>;
  account_id: number;
  uid: string;
  type: string;
  name: string;
  description: string | null;
  revision: number;
  properties: string;
  /** Sealed values by property name. */
  secrets: string;
  /** Ids of the data keys used in `secrets`, sorted, with commas; null when there are none. */
  sealed_with: string | null;
  /** How many entries the history has had, pruned ones included. */
  change_count: number;
  /** How many checks there have been, pruned ones included. */
  check_count: number;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  system_paused_at: number | null;
  last_check_name: string | null;
  last_check_revision: number | null;
  last_check_failed: number | null;
  last_check_started_at: number | null;
  last_check_completed_at: number | null;
  check_job_name: string | null;
}

export interface DestinationChangesTable {
  destination_id: number;
  /** 1, 2, 3 … within the destination. */
  number: number;
  revision: number;
  at: number;
  actor: string;
  action: 'created' | 'updated' | 'deleted' | 'ssh_host_key_accepted';
  changes: string;
  notes: string;
}

export interface HostKeysTable {
  destination_id: number;
  host: string;
  port: number;
  pinned: string | null;
  seen: string | null;
}

export interface ChecksTable {
  name: string;
  account_id: number;
  destination_id: number;
  /** 1, 2, 3 … within the destination. */
  number: number;
  revision: number;
  status: 'waiting' | 'running' | 'succeeded' | 'failed' | 'superseded';
  origin: 'saved' | 'requested' | 'strict' | 'unsaved' | 'probe';
  created_at: number;
  started_at: number | null;
  completed_at: number | null;
  steps: string;
  error: string | null;
  superseded_by: string | null;
  /** Owners that have taken it and not given it back. */
  attempt: number;
  fence: number;
  owner: string | null;
  lease_until: number | null;
}

/** Checks an account has started in its newest minute. */
export interface CheckMinutesTable {
  account_id: number;
  /** Minutes since 1970. */
  minute: number;
  spent: number;
}

export interface LeasesTable {
  name: string;
  owner: string;
  fence: number;
  expires_at: number;
}

export interface IdempotencyKeysTable {
  account_id: number;
  key_hash: string;
  body_hash: string;
  created_at: number;
  /** Null while the request is in flight, as are the next two. */
  status: number | null;
  headers: string | null;
  body: string | null;
}

export interface KeyringTable {
  /** Always 1: there is one keyring. */
  id: number;
  version: number;
  master_fingerprint: string;
  active_key_id: string;
  keys: string;
}

export interface SpoolPartsTable {
  batch_id: string;
  /** 0, 1, 2 … */
  part: number;
  /** Parts of the whole batch, so that a missing last one is noticed. */
  parts: number;
  raw_bytes: number;
  stored_bytes: number;
  checksum: string;
  body: Uint8Array;
}
