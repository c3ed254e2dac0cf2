import type { Migration } from './migration.ts';

/** Sessions of browsers, and the tokens that are exchanged for one. */
export const sessions: Migration = {
  version: 6,
  name: 'sessions',
  statements: ({ countingKey, integer, tableOptions }) => [
    `create table sessions (
      id ${countingKey},
      account_id ${integer} not null references accounts (id),
      token_id ${integer} not null references tokens (id),
      kind text not null,
      hash text not null unique,
      created_at ${integer} not null,
      expires_at ${integer} not null
    )${tableOptions}`,
    'create index sessions_account on sessions (account_id, kind, id)',
    'create index sessions_token on sessions (token_id)',
    'create index sessions_expired on sessions (expires_at)',
  ],
};
