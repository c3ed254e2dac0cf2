import type { JsonObject } from '../lib/json.ts';
import type { Account } from '../model/account.ts';
import { renderTimestamp } from '../model/timestamp.ts';
import type { Cell } from './table.ts';

/** An account as `--json` shows it. */
export const renderAccount = (account: Account): JsonObject => ({
  id: account.id,
  company: account.company,
  email: account.email,
  first_name: account.firstName,
  last_name: account.lastName,
  region: account.region,
  partner_id: account.partnerId,
  destination_limit: account.destinationLimit,
  checks_per_minute: account.checksPerMinute,
  ssh_public_key: account.sshPublicKey,
  created_at: renderTimestamp(account.createdAt),
  suspended_at: account.suspendedAt === null ? null : renderTimestamp(account.suspendedAt),
});

/** An account as `show` prints it for people. */
export const accountEntries = (account: Account): Readonly<Record<string, Cell>> => ({
  id: account.id,
  company: account.company,
  email: account.email,
  name: `${account.firstName} ${account.lastName}`.trim(),
  region: account.region,
  partner: account.partnerId,
  state: accountState(account),
  destinations: account.destinationLimit === null ? 'unlimited' : `at most ${account.destinationLimit}`,
  'checks a minute': account.checksPerMinute ?? "the server's default",
  created: renderTimestamp(account.createdAt),
  'ssh key': account.sshPublicKey,
});

/** In one word: may its tokens be used? */
export const accountState = (account: Account): string =>
  account.suspendedAt === null ? 'active' : 'suspended';
