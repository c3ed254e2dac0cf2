import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { Account } from '../../model/account.ts';
import { renderTimestamp } from '../../model/timestamp.ts';
import type { AppParts } from '../app-parts.ts';
import { hasOnly, readJsonObject } from '../body.ts';
import { parseId } from '../ids.ts';
import { paginate } from '../page.ts';
import { partnerOf } from './partner-auth.ts';

export interface ById {
  Params: { id: string };
}

/** The accounts a partner has made: list, limit, suspend, delete. */
export function partnerAccountRoutes(app: FastifyInstance, parts: AppParts): void {
  const { store, tokenAuth } = parts;

  app.get('/accounts', async (request) => {
    const accounts = await store.accounts.list({ partnerId: partnerOf(request) });
    return paginate(accounts.map(renderAccount), request);
  });

  app.get<ById>('/accounts/:id', async (request) => renderAccount(await ownAccount(parts, request)));

  app.put<ById>('/accounts/:id', async (request) => {
    const { suspended, ...quota } = readChanges(request);
    let account: Account | null = await ownAccount(parts, request);
    if (Object.keys(quota).length > 0) account = await store.accounts.setQuota(account.id, quota);
    if (account !== null && suspended !== undefined) {
      account = await store.accounts.setSuspended(account.id, suspended);
      tokenAuth.forget();
    }
    if (account === null) throw noSuchAccount();
    return renderAccount(account);
  });

  app.delete<ById>('/accounts/:id', async (request) => {
    const { id } = await ownAccount(parts, request);
    if (!(await store.accounts.delete(id))) throw noSuchAccount();
    tokenAuth.forget();
    return {};
  });
}

/** @throws {Failure} NotFound, for another partner's account as for one that does not exist. */
export async function ownAccount({ store }: AppParts, request: FastifyRequest<ById>): Promise<Account> {
  const id = parseId(request.params.id);
  const account = id === null ? null : await store.accounts.get(id);
  if (account === null || account.deletedAt !== null || account.partnerId !== partnerOf(request))
    throw noSuchAccount();
  return account;
}

const noSuchAccount = (): Failure =>
  new Failure('NotFound', 'You have no account of that id.', {
    remedy: 'GET /v4/partner/accounts lists them.',
  });

interface AccountChanges {
  suspended?: boolean;
  destinationLimit?: number | null;
  checksPerMinute?: number | null;
}

function readChanges(request: FastifyRequest): AccountChanges {
  const body = readJsonObject(request);
  const { suspended, destination_limit: destinationLimit, checks_per_minute: checksPerMinute } = body;
  if (
    !hasOnly(body, ['suspended', 'destination_limit', 'checks_per_minute']) ||
    !(suspended === undefined || typeof suspended === 'boolean') ||
    !isLimit(destinationLimit) ||
    !isLimit(checksPerMinute)
  )
    throw new Failure(
      'InvalidBody',
      'The body may only include suspended (true or false), destination_limit and checks_per_minute (whole numbers from 0, or null).',
    );
  return {
    ...(suspended === undefined ? {} : { suspended }),
    ...(destinationLimit === undefined ? {} : { destinationLimit }),
    ...(checksPerMinute === undefined ? {} : { checksPerMinute }),
  };
}

const isLimit = (value: unknown): value is number | null | undefined =>
  value === undefined ||
  value === null ||
  (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000);

const renderAccount = (account: Account): object => ({
  id: account.id,
  company: account.company,
  email: account.email,
  first_name: account.firstName,
  last_name: account.lastName,
  region: account.region,
  destination_limit: account.destinationLimit,
  checks_per_minute: account.checksPerMinute,
  created_at: renderTimestamp(account.createdAt),
  suspended_at: account.suspendedAt === null ? null : renderTimestamp(account.suspendedAt),
});
