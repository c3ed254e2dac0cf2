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
            partner: {
              name: 'Acme',
              logo: '/v4/account/partner-logo?v=9f86d081884c7d65',
              return_url: 'https://app.acme.example/data',
            },
          },
        },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/account/partner-logo',
    id: 'getPartnerLogo',
    tag: 'Account',
    summary: "Get the partner's logo",
    description:
      'The picture that stands in the head of the console for the users of a partner: PNG, JPEG, WebP or SVG. 404 where there is none.',
    security: 'token',
    responses: {
      200: {
        description: 'The picture.',
        mediaType: 'image/png',
        schema: { type: 'string', contentMediaType: 'image/png', contentEncoding: 'base64' },
        examples: { Picture: 'iVBORw0KGgo=' },
      },
      404: {
        description: 'No partner made the account, or it has no logo.',
        schema: 'ErrorObject',
        examples: { NotFound: { error: 'NotFound', message: 'There is no logo.' } },
      },
      ...accessErrors,
    },
  },
];
