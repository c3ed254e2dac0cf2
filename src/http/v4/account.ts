import type * as wire from '@backstitch/client';
import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import { renderTimestamp } from '../../model/timestamp.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';

/** What an account has to know about itself and about where our connections come from. */
export function accountRoutes(app: FastifyInstance, parts: AppParts): void {
  const { store, network, settings } = parts;

  app.get('/account', async (request) => {
    const { accountId } = callerOf(request);
    const [account, destinations] = await Promise.all([
      store.accounts.get(accountId),
      store.destinations.list(accountId),
    ]);
    // Deleted between the token check and here.
    if (account === null) throw new Failure('Unauthorized');
    return {
      id: account.id,
      company: account.company,
      region: account.region,
      created_at: renderTimestamp(account.createdAt),
      ssh_public_key: account.sshPublicKey,
      quotas: {
        destinations: {
          limit: account.destinationLimit ?? settings.destinationLimit,
          used: destinations.length,
        },
        checks_per_minute: account.checksPerMinute ?? settings.checksPerMinute,
      },
      egress_addresses: network.egressAddresses,
      network_policy: network.policy,
    } satisfies wire.Account;
  });
}
