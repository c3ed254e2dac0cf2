import type * as wire from '@backstitch/client';
import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import { renderTimestamp } from '../../model/timestamp.ts';
import type { Branding } from '../../store/partner-store.ts';
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
    const partner = account.partnerId === null ? null : await store.partners.branding(account.partnerId);
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
      partner: partner && renderPartner(partner),
    } satisfies wire.Account;
  });

  app.get('/account/partner-logo', async (request, reply) => {
    const account = await store.accounts.get(callerOf(request).accountId);
    const partnerId = account?.partnerId ?? null;
    const logo = partnerId === null ? null : await store.partners.logo(partnerId);
    if (logo === null) throw new Failure('NotFound', 'There is no logo.');
    // Somebody who opens it by itself opens a document, which an SVG could fill with scripts: this lets none run.
    reply.headers({
      'content-type': logo.type,
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'cache-control': 'private, max-age=86400',
    });
    return reply.send(Buffer.from(logo.base64, 'base64'));
  });
}

/** Its address changes with the picture, so that browsers may keep it. */
const renderPartner = ({ name, logoHash, returnUrl }: Branding): wire.AccountPartner => ({
  name,
  logo: logoHash === null ? null : `/v4/account/partner-logo?v=${logoHash.slice(0, 16)}`,
  return_url: returnUrl,
});
