import type { Operation, Response } from '../openapi/operation.ts';
import { accessErrors, bodyErrors, idempotencyExamples } from '../openapi/usual-errors.ts';

const base = '/notifications/public/v1/api';

const hook = {
  id: 8,
  client_id: 116078,
  type: 'post_load',
  version: 1,
  destination_id: 86741,
  config: { url: 'https://hooks.example.com/in' },
  created_at: '2019-07-17T17:30:37Z',
  modified_at: '2019-07-17T17:30:37Z',
  disabled_at: null,
};

const delivery = {
  id: '4f1c0d1f8a1e4b0c9d6e2a7b3c5d9e01',
  hook_id: 8,
  type: 'post_load',
  test: false,
  state: 'waiting',
  attempts: 1,
  status_code: 503,
  error: 'The receiver answered 503.',
  created_at: '2019-07-17T17:31:00Z',
  next_attempt_at: '2019-07-17T17:31:10Z',
  ended_at: null,
};

const unknownHook: Response = {
  description: 'The account has no such hook.',
  schema: 'HookNotFound',
  examples: { NotFound: { error: 'NotFound' } },
};

const invalidBody = (message: string) => ({ error: 'InvalidBody', data: { message } });
const anyError = {
  type: 'object',
  required: ['error'],
  properties: { error: {} },
  additionalProperties: true,
};

/** The contract has these calls; a description of a call must say how it succeeds. */
const neverDone: Response = {
  description: 'Never: this server sends no e-mail.',
  schema: { type: 'object' },
  examples: { Never: {} },
};

const oneHook = (description: string): Response => ({
  description,
  schema: 'Hook',
  examples: { 'A hook': hook },
});

/** Webhooks, and the list of e-mail recipients that nobody is on. */
export const notificationOperations: readonly Operation[] = [
  {
    method: 'post',
    path: `${base}/hooks`,
    id: 'createHook',
    tag: 'Notifications',
    summary: 'Create a webhook',
    description:
      'What happens to the destination is sent to the URL: `post_load` after each load of a table that loaded or rejected rows; ours are `load_failed`, `load_recovered`, `records_rejected`, `check_failed` and `schema_changed`. At most 10 in an account. The URL is https; under the network policy `private` it may be http.',
    security: 'token',
    parameters: ['idempotencyKey'],
    body: {
      schema: 'CreateHookRequest',
      examples: {
        'After each load': {
          type: 'post_load',
          destination_id: 86741,
          config: { url: 'https://hooks.example.com/in' },
        },
        'Signed, when loads fail': {
          type: 'load_failed',
          destination_id: 86741,
          config: { url: 'https://hooks.example.com/alarm', secret: 'b6a2f0c152a64b9e' },
        },
      },
    },
    responses: {
      200: { ...oneHook('The new hook.'), headers: ['Idempotency-Replayed'] },
      400: {
        description:
          'The body or the URL cannot be used, the account has 10 hooks, or it has no such destination.',
        schema: anyError,
        examples: {
          InvalidBody: invalidBody('Invalid POST body'),
          'Too many': { error: { message: 'You have exceeded the limit of 10 hooks.' } },
          'Not https': { error: { message: 'Invalid URI' } },
          'No such destination': { error: 'NotFound' },
        },
      },
      409: {
        description: 'The first request with this key is still under way.',
        schema: 'ErrorObject',
        examples: idempotencyExamples[409],
        headers: ['Retry-After'],
      },
      422: {
        description: 'The key was used for another body.',
        schema: 'ErrorObject',
        examples: idempotencyExamples[422],
      },
      ...bodyErrors,
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: `${base}/hooks`,
    id: 'listHooks',
    tag: 'Notifications',
    summary: 'List webhooks',
    description:
      'All hooks of the account by type, disabled ones included. Our own types are there only where there are some.',
    security: 'token',
    responses: {
      200: { description: 'The hooks.', schema: 'HookList', examples: { One: { post_load: [hook] } } },
      ...accessErrors,
    },
  },
  {
    method: 'put',
    path: `${base}/hooks/{id}`,
    id: 'enableHook',
    tag: 'Notifications',
    summary: 'Disable or re-enable a webhook',
    description: 'What waits for a hook that is disabled is dropped.',
    security: 'token',
    parameters: ['hook'],
    body: {
      schema: { type: 'object', required: ['enable'], properties: { enable: { type: 'boolean' } } },
      examples: { Disable: { enable: false }, 'Re-enable': { enable: true } },
    },
    responses: {
      200: oneHook('The hook.'),
      400: {
        description: 'The body cannot be used, or the account has no such hook.',
        schema: anyError,
        examples: {
          InvalidBody: invalidBody("PUT body must only contain boolean 'enable' key"),
          NotFound: { error: 'NotFound' },
        },
      },
      ...bodyErrors,
      ...accessErrors,
    },
  },
  {
    method: 'delete',
    path: `${base}/hooks/{id}`,
    id: 'deleteHook',
    tag: 'Notifications',
    summary: 'Delete a webhook',
    description: 'With all its deliveries. Hooks of a destination are deleted with it.',
    security: 'token',
    parameters: ['hook'],
    responses: {
      200: { description: 'It is gone.', schema: { type: 'null' }, examples: { Deleted: null } },
      400: unknownHook,
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: `${base}/hooks/{id}/deliveries`,
    id: 'listHookDeliveries',
    tag: 'Notifications',
    summary: 'See what a webhook was sent',
    description:
      'Ours. Newest first: whether a message was received, how often it was tried, and why it failed. Kept for a week, the newest 1000.',
    security: 'token',
    parameters: ['hook', 'limit'],
    responses: {
      200: {
        description: 'The deliveries.',
        schema: { listOf: 'HookDelivery' },
        examples: { 'One that is tried again': [delivery] },
      },
      400: {
        ...unknownHook,
        description: 'The account has no such hook, or limit cannot be used.',
        schema: anyError,
      },
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: `${base}/hooks/{id}/test`,
    id: 'testHook',
    tag: 'Notifications',
    summary: 'Send a sample to a webhook',
    description:
      'Ours. Sends a body of the hook’s type about a table that does not exist, with the header X-Backstitch-Test, also when the hook is disabled. Its deliveries say how that went.',
    security: 'token',
    parameters: ['hook'],
    responses: {
      200: {
        description: 'The delivery, which waits.',
        schema: 'HookDelivery',
        examples: {
          Waiting: { ...delivery, test: true, attempts: 0, status_code: null, error: null },
        },
      },
      400: unknownHook,
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: `${base}/custom-emails`,
    id: 'listCustomEmails',
    tag: 'Notifications',
    summary: 'List e-mail recipients',
    description:
      'There are none: this server sends no e-mail. A `load_failed` or `check_failed` hook does what they are for.',
    security: 'token',
    responses: {
      200: { description: 'Nobody.', schema: { type: 'array', maxItems: 0 }, examples: { None: [] } },
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: `${base}/custom-emails`,
    id: 'createCustomEmail',
    tag: 'Notifications',
    summary: 'Refused: add an e-mail recipient',
    description: 'This server sends no e-mail. The answer is the one of an account without that feature.',
    security: 'token',
    responses: {
      200: neverDone,
      400: {
        description: 'Always.',
        schema: 'HookError',
        examples: {
          Refused: {
            error: { message: 'Account not authorized to create custom notification email addresses.' },
          },
        },
      },
      ...accessErrors,
    },
  },
  ...(['put', 'delete'] as const).map(
    (method): Operation => ({
      method,
      path: `${base}/custom-emails/{id}`,
      id: method === 'put' ? 'updateCustomEmail' : 'deleteCustomEmail',
      tag: 'Notifications',
      summary: `Not found: ${method === 'put' ? 'change' : 'remove'} an e-mail recipient`,
      description: 'There are no e-mail recipients.',
      security: 'token',
      parameters: ['customEmail'],
      responses: {
        200: neverDone,
        404: {
          description: 'Always.',
          schema: { type: 'object', required: ['status'], properties: { status: { const: 'NOT FOUND' } } },
          examples: { 'Not found': { status: 'NOT FOUND' } },
        },
        ...accessErrors,
      },
    }),
  ),
];
