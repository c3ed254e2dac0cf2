import { type Operation, objectError, type Response } from '../openapi/operation.ts';
import { accessErrors, bodyErrors } from '../openapi/usual-errors.ts';

const account = {
  id: 136715,
  company: 'Example, Inc.',
  email: 'data@example.com',
  first_name: 'Ada',
  last_name: 'Example',
  region: 'us-east-1',
  destination_limit: null,
  checks_per_minute: null,
  created_at: '2018-02-06T15:36:36Z',
  suspended_at: null,
};

const notYours: Response = {
  description: 'You have no account of that id.',
  schema: 'ErrorObject',
  examples: { NotFound: { error: 'NotFound', message: 'You have no account of that id.' } },
};

const badBody = (message: string): Response => ({
  description: 'The body cannot be used.',
  schema: 'Error',
  examples: { InvalidBody: objectError('InvalidBody', message) },
});

/** What partners can do. All but the first call are ours. */
export const partnerOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v3/accounts',
    id: 'createAccount',
    tag: 'Partners',
    summary: 'Create an account',
    description:
      "For partners, whose credentials stand in the body. The answer is the account's first access token.",
    security: 'nobody',
    body: {
      schema: 'NewAccountRequest',
      examples: {
        Account: {
          partner_id: 'acme',
          partner_secret: "the partner's secret",
          first_name: 'Ada',
          last_name: 'Example',
          company: 'Example, Inc.',
          email: 'data@example.com',
          region: 'us-east-1',
        },
      },
    },
    responses: {
      200: {
        description: 'The new account.',
        schema: 'NewAccount',
        examples: { Created: { access_token: 'ac_…', stitch_account_id: 136715 } },
      },
      400: {
        description: 'A field is missing or cannot be used, or the e-mail address has an account.',
        schema: 'AccountError',
        examples: {
          ExistingUser: {
            code: 'ExistingUser',
            message: 'This email address is already associated with an active user.',
          },
          BadRequest: {
            code: 'BadRequest',
            message: 'Invalid form data.',
            errors: { partner_id: 'required' },
          },
        },
      },
      429: {
        description: 'Too many wrong credentials came from your address.',
        schema: 'AccountError',
        examples: { TooManyRequests: { code: 'TooManyRequests', message: 'Try again in 17 seconds.' } },
        headers: ['Retry-After'],
      },
    },
  },
  {
    method: 'get',
    path: '/v4/partner/accounts',
    id: 'listPartnerAccounts',
    tag: 'Partners',
    summary: 'List accounts',
    description: 'The accounts you have made, oldest first, 100 a page.',
    security: 'partner',
    parameters: ['page'],
    responses: {
      200: {
        description: 'A page of accounts.',
        schema: 'PartnerAccountPage',
        examples: { 'The only page': { data: [account], page: 1, total: 1, links: {} } },
      },
      400: {
        description: 'The page is no number.',
        schema: 'Error',
        examples: { InvalidQuery: objectError('InvalidQuery', 'page must be a number from 1.') },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/partner/accounts/{id}',
    id: 'getPartnerAccount',
    tag: 'Partners',
    summary: 'Get an account',
    description: 'One of your accounts.',
    security: 'partner',
    parameters: ['accountId'],
    responses: {
      200: { description: 'The account.', schema: 'PartnerAccount', examples: { Account: account } },
      404: notYours,
      ...accessErrors,
    },
  },
  {
    method: 'put',
    path: '/v4/partner/accounts/{id}',
    id: 'updatePartnerAccount',
    tag: 'Partners',
    summary: 'Limit or suspend an account',
    description:
      'While an account is suspended its tokens answer 401 and its work rests. A limit of null is the default of the server.',
    security: 'partner',
    parameters: ['accountId'],
    body: {
      schema: 'UpdateAccountRequest',
      examples: { Suspend: { suspended: true }, Limit: { destination_limit: 3 } },
    },
    responses: {
      200: {
        description: 'The account as it is now.',
        schema: 'PartnerAccount',
        examples: { Suspended: { ...account, suspended_at: '2018-02-07T09:00:00Z' } },
      },
      400: badBody('The body may only include suspended, destination_limit and checks_per_minute.'),
      404: notYours,
      ...bodyErrors,
      ...accessErrors,
    },
  },
  {
    method: 'delete',
    path: '/v4/partner/accounts/{id}',
    id: 'deletePartnerAccount',
    tag: 'Partners',
    summary: 'Delete an account',
    description: 'Deletes the account with all that belongs to it. Its tokens stop working at once.',
    security: 'partner',
    parameters: ['accountId'],
    responses: {
      200: { description: 'It is gone.', schema: 'Empty', examples: { Deleted: {} } },
      404: notYours,
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/partner/accounts/{id}/tokens',
    id: 'listPartnerTokens',
    tag: 'Partners',
    summary: 'List tokens of an account',
    description: 'All tokens of the account, revoked ones included. Values are never shown again.',
    security: 'partner',
    parameters: ['accountId'],
    responses: {
      200: {
        description: 'The tokens.',
        schema: { listOf: 'Token' },
        examples: {
          'One token': [
            {
              id: 7,
              kind: 'access',
              name: 'production',
              hint: 'x3Qa',
              created_at: '2018-02-06T15:36:36Z',
              revoked_at: null,
            },
          ],
        },
      },
      404: notYours,
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: '/v4/partner/accounts/{id}/tokens',
    id: 'issuePartnerToken',
    tag: 'Partners',
    summary: 'Issue a token',
    description:
      'Makes an access token. Its value is in this answer and nowhere else. The body may be left out.',
    security: 'partner',
    parameters: ['accountId'],
    body: { schema: 'IssueTokenRequest', examples: { Named: { name: 'production' } }, required: false },
    responses: {
      200: {
        description: 'The new token.',
        schema: 'IssuedToken',
        examples: { Issued: { id: 7, access_token: 'ac_…' } },
      },
      400: badBody('The body may only include a name of at most 255 characters.'),
      404: notYours,
      ...bodyErrors,
      ...accessErrors,
    },
  },
  {
    method: 'delete',
    path: '/v4/partner/accounts/{id}/tokens/{token_id}',
    id: 'revokePartnerToken',
    tag: 'Partners',
    summary: 'Revoke a token',
    description: 'The token stops working at once, in other processes on the same store within a second.',
    security: 'partner',
    parameters: ['accountId', 'tokenId'],
    responses: {
      200: { description: 'It is revoked.', schema: 'Empty', examples: { Revoked: {} } },
      404: notYours,
      ...accessErrors,
    },
  },
];
