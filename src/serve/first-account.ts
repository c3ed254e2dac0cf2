import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Accounts } from '../control/control.ts';
import { newToken, operatorToken } from '../control/new-token.ts';
import { hashToken } from '../control/token-hash.ts';
import { Failure } from '../errors/failure.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/store.ts';

export interface FirstAccountParts {
  readonly store: Pick<Store, 'accounts' | 'tokens' | 'leases'>;
  readonly accounts: Accounts;
  readonly log: Log;
  /** The access token that must work once the server serves; null: one is made if there is no account yet. */
  readonly token: string | null;
  /** Id of the account it belongs to; null: the next free one, or the only one there is. */
  readonly clientId: number | null;
}

const LEASE = 'first-account';
const LEASE_MILLISECONDS = 10_000;

/**
 * Sees to it that somebody can sign in: makes the first account, and the configured token. Servers that start at the
 * same time on one store take turns, and every restart finds things as they are.
 * @returns the token that was made up for a new account, to be shown once; null when none was.
 * @throws {Failure} InvalidConfiguration when the configured token cannot belong to the configured account.
 */
export async function makeFirstAccount(parts: FirstAccountParts): Promise<string | null> {
  const { leases } = parts.store;
  const owner = randomUUID();
  let lease = await leases.acquire(LEASE, owner, LEASE_MILLISECONDS);
  while (!lease) {
    await pause(200);
    lease = await leases.acquire(LEASE, owner, LEASE_MILLISECONDS);
  }
  try {
    return parts.token === null ? await makeUnlessAny(parts) : await admitToken(parts, parts.token);
  } finally {
    await leases.release(LEASE, owner, lease.fence);
  }
}

async function makeUnlessAny(parts: FirstAccountParts): Promise<string | null> {
  const present = await parts.store.accounts.list({ partnerId: null });
  return present.length > 0 ? null : await makeAccount(parts);
}

async function admitToken(parts: FirstAccountParts, token: string): Promise<null> {
  const { store, log, clientId } = parts;
  const known = await store.tokens.find(hashToken(token));
  if (known) {
    const fits = known.kind === 'access' && (clientId === null || known.accountId === clientId);
    if (!fits) throw belongsElsewhere(known.accountId);
    return null;
  }
  const present = await store.accounts.list({ partnerId: null });
  const [only] = present;
  if (clientId === null && present.length > 1) {
    // Perhaps it was revoked on purpose, and the server is of use to the others all the same.
    log.warn(
      { accounts: present.length },
      'BACKSTITCH_TOKEN belongs to no account: say which one with BACKSTITCH_CLIENT_ID, or remove it',
    );
    return null;
  }
  const account = clientId === null ? only : present.find(({ id }) => id === clientId);
  if (account) await addToken(parts, account.id, token);
  else await makeAccount(parts);
  return null;
}

/** Returns the token's value unless the operator has given it. */
async function makeAccount({ accounts, log, token, clientId }: FirstAccountParts): Promise<string | null> {
  const made = await accounts.create({
    company: 'First account',
    email: `${clientId ?? 'first'}@localhost`,
    firstName: 'First',
    lastName: 'Account',
    ...(clientId === null ? {} : { id: clientId }),
    ...(token === null ? {} : { token }),
  });
  log.info({ account: made.account.id }, 'made an account with an access token');
  return token === null ? made.token.value : null;
}

async function addToken({ store, log }: FirstAccountParts, accountId: number, value: string): Promise<void> {
  try {
    const { stored } = newToken({ kind: 'access', name: 'BACKSTITCH_TOKEN', value }, operatorToken);
    await store.tokens.create(accountId, stored);
    log.info({ account: accountId }, 'added BACKSTITCH_TOKEN to the account');
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'InvalidForm')) throw error;
    log.warn(
      { account: accountId },
      'BACKSTITCH_TOKEN is refused: it was revoked, or its account is suspended; remove it or choose another',
    );
  }
}

const belongsElsewhere = (accountId: number): Failure =>
  new Failure(
    'InvalidConfiguration',
    `BACKSTITCH_TOKEN is a token of account ${accountId} already, and not an access token of account BACKSTITCH_CLIENT_ID.`,
    { remedy: `Set BACKSTITCH_CLIENT_ID to ${accountId}, or choose another token.` },
  );
