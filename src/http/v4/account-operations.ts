import type { Operation } from '../openapi/operation.ts';
import { accessErrors } from '../openapi/usual-errors.ts';

/** What an account can find out about itself. */
export const accountOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v4/account',
    id: 'getAccount',
    tag: 'Account',
    summary: 'Get the account',
    description:
      'Its id and quotas, the SSH public key to put into `authorized_keys` of a bastion, and the addresses to allow in a firewall. A limit of null means unlimited.',
    security: 'token',
    responses: {
      200: {
        description: 'The account of the token.',
        schema: 'Account',
        examples: {
          Account: {
            id: 116078,
            company: 'Example, Inc.',
            region: 'us-east-1',
            created_at: '2018-02-06T15:36:36Z',
            ssh_public_key: 'ssh-ed25519 AAAA… backstitch',
            quotas: { destinations: { limit: null, used: 1 }, checks_per_minute: 300 },
            egress_addresses: ['192.0.2.10'],
            network_policy: 'private',
          },
        },
      },
      ...accessErrors,
    },
  },
];
