import { idempotencyErrors, noSuchDestination } from '../openapi/destination-errors.ts';
import { examples } from '../openapi/examples.ts';
import { type Operation, objectError, type Response, textError } from '../openapi/operation.ts';
import { accessErrors } from '../openapi/usual-errors.ts';

const badLimit: Response = {
  description: 'This account has no such destination, or the limit is no number from 1 to 100.',
  schema: 'Error',
  examples: {
    ...textError('invalid connection id'),
    InvalidQuery: objectError('InvalidQuery', 'limit must be a number from 1 to 100.'),
  },
};

const notFound = (message: string): Response => ({
  description: message,
  schema: 'ErrorObject',
  examples: { NotFound: { error: 'NotFound', message } },
});

const started: Response = {
  description: 'The check that was started or joined, in the state it has reached.',
  schema: 'ConnectionCheckWithSteps',
  examples: { 'A failed check': examples.checkWithSteps },
  headers: ['Backstitch-Check', 'Preference-Applied', 'Idempotency-Replayed'],
};

/** Connection checks and the history of changes. All but the first are ours. */
export const checkOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v4/destinations/{id}/last-connection-check',
    id: 'getLastConnectionCheck',
    tag: 'Connection checks',
    summary: 'Get the last connection check',
    description: 'The last check that was completed while the settings it checked were the current ones.',
    security: 'token',
    parameters: ['id'],
    responses: {
      200: {
        description: 'The check.',
        schema: 'ConnectionCheck',
        examples: { 'A failed check': examples.check },
      },
      400: noSuchDestination,
      404: notFound('No check of the current settings has been completed yet.'),
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/destinations/{id}/checks',
    id: 'listConnectionChecks',
    tag: 'Connection checks',
    summary: 'List connection checks',
    description:
      'The checks of this destination with their steps, newest first. One that an update overtook is `superseded` and names the check that stands for it.',
    security: 'token',
    parameters: ['id', 'limit'],
    responses: {
      200: {
        description: 'The checks.',
        schema: { listOf: 'ConnectionCheckWithSteps' },
        examples: { 'A failed check': [examples.checkWithSteps] },
      },
      400: badLimit,
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/destinations/{id}/checks/{name}',
    id: 'getConnectionCheck',
    tag: 'Connection checks',
    summary: 'Get a connection check',
    description:
      'One check by its name, or, if an update overtook it, the check that stands for it. With `Prefer: wait=N` the answer waits for its end.',
    security: 'token',
    parameters: ['id', 'checkName', 'preferWait'],
    responses: {
      200: {
        description: 'The check.',
        schema: 'ConnectionCheckWithSteps',
        examples: { 'A failed check': examples.checkWithSteps },
        headers: ['Preference-Applied'],
      },
      400: noSuchDestination,
      404: notFound('This destination has no check of that name.'),
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: '/v4/destinations/{id}/check',
    id: 'startConnectionCheck',
    tag: 'Connection checks',
    summary: 'Start a connection check',
    description: 'Checks the stored settings, or joins the check that waits already. Takes no body.',
    security: 'token',
    parameters: ['id', 'preferWait', 'idempotencyKey'],
    responses: { 200: started, 400: noSuchDestination, ...idempotencyErrors, ...accessErrors },
  },
  {
    method: 'post',
    path: '/v4/destinations/{id}/ssh-host-key',
    id: 'acceptSshHostKey',
    tag: 'Connection checks',
    summary: 'Accept the new SSH host key',
    description:
      'Trusts the host key that the last check saw on the SSH server instead of the one seen before, and starts a check. Make sure first that the server really got a new key. Takes no body.',
    security: 'token',
    parameters: ['id', 'preferWait', 'idempotencyKey'],
    responses: { 200: started, 400: noSuchDestination, ...idempotencyErrors, ...accessErrors },
  },
  {
    method: 'get',
    path: '/v4/destinations/{id}/history',
    id: 'listChanges',
    tag: 'Destinations',
    summary: 'List changes',
    description: 'Who changed which properties when, newest first. Values of credentials never appear.',
    security: 'token',
    parameters: ['id', 'limit'],
    responses: {
      200: {
        description: 'The changes.',
        schema: { listOf: 'Change' },
        examples: {
          'A new host': [
            {
              at: '2018-02-06T18:55:43Z',
              revision: 7,
              actor: 'token:12',
              action: 'updated',
              changes: [{ property: 'host', from: 'old.example.com', to: 'warehouse.example.com' }],
              notes: ['The stored password now goes to another host.'],
            },
          ],
        },
      },
      400: badLimit,
      ...accessErrors,
    },
  },
];
