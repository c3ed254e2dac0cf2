import { examples } from '../openapi/examples.ts';
import { type Operation, objectError, type Response, textError } from '../openapi/operation.ts';
import { accessErrors, bodyErrors, idempotencyExamples } from '../openapi/usual-errors.ts';

const body = {
  schema: 'DestinationRequestV3',
  examples: {
    PostgreSQL: {
      type: 'postgres',
      connection: {
        host: 'warehouse.example.com',
        port: 5432,
        username: 'loader',
        database: 'analytics',
        password: 'a password',
        ssl: false,
      },
    },
  },
} as const;

const badProperties = objectError('InvalidProperties', 'properties do not match schema', {
  bad_properties: ['port'],
  report_card: examples.reportCard,
  reasons: { port: 'Must be a number.' },
});

const badBody =
  'body must be a map with type = redshift, postgres, or snowflake. required-keys = type, connection';

const badRequest: Response = {
  description: 'The body, the id, the type or a property cannot be used; looked at in this order.',
  schema: 'Error',
  examples: {
    ...textError(badBody, 'invalid connection id'),
    InvalidType: objectError('InvalidType', 'invalid destination type (oracle)'),
    InvalidProperties: badProperties,
  },
};

const checkFailed = objectError('CheckFailed', 'Nothing was changed: the server refused the password.', {
  steps: examples.failedSteps,
});

/** Version 3: natural JSON types, and answers in ASCII under the label ISO-8859-1. */
export const destinationOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v3/destinations',
    id: 'listDestinationsV3',
    tag: 'Destinations, v3',
    summary: 'List destinations',
    description: 'All destinations of the account, oldest first.',
    security: 'token',
    responses: {
      200: {
        description: 'The destinations.',
        schema: { listOf: 'DestinationV3' },
        examples: { 'One destination': [examples.destinationV3] },
      },
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: '/v3/destinations',
    id: 'createDestinationV3',
    tag: 'Destinations, v3',
    summary: 'Create a destination',
    description:
      'Stores the destination and starts a connection check, whose name is in the header Backstitch-Check. With `Prefer: handling=strict` the check comes first, and nothing is stored unless it succeeds.',
    security: 'token',
    parameters: ['prefer', 'idempotencyKey'],
    body,
    responses: {
      200: {
        description: 'The new destination.',
        schema: 'DestinationV3',
        examples: { Created: { ...examples.destinationV3, last_check: null } },
        headers: ['ETag', 'Backstitch-Check', 'Preference-Applied', 'Idempotency-Replayed'],
      },
      400: badRequest,
      409: {
        description: 'The first request with this key is still under way.',
        schema: 'ErrorObject',
        examples: idempotencyExamples[409],
        headers: ['Retry-After'],
      },
      422: {
        description: 'The strict check failed, or the key was used for another body.',
        schema: 'ErrorObject',
        examples: { CheckFailed: checkFailed, ...idempotencyExamples[422] },
      },
      ...bodyErrors,
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v3/destinations/{id}',
    id: 'getDestinationV3',
    tag: 'Destinations, v3',
    summary: 'Get a destination',
    description: 'One destination.',
    security: 'token',
    parameters: ['id'],
    responses: {
      200: {
        description: 'The destination.',
        schema: 'DestinationV3',
        examples: { Destination: examples.destinationV3 },
        headers: ['ETag'],
      },
      400: {
        description: 'This account has no such destination.',
        schema: 'Error',
        examples: textError('invalid connection id'),
      },
      ...accessErrors,
    },
  },
  {
    method: 'put',
    path: '/v3/destinations/{id}',
    id: 'updateDestinationV3',
    tag: 'Destinations, v3',
    summary: 'Update a destination',
    description:
      'Names all required properties that are no credentials. An optional property that is left out keeps its value, null clears it, and a credential sent back as `**********` keeps its stored value. Takes effect at once and starts a connection check; with `Prefer: handling=strict` the new settings are proved before they replace the old ones.',
    security: 'token',
    parameters: ['id', 'prefer', 'ifMatch'],
    body,
    responses: {
      200: {
        description: 'The destination as it is now.',
        schema: 'DestinationV3',
        examples: { Updated: examples.destinationV3 },
        headers: ['ETag', 'Backstitch-Check', 'Preference-Applied'],
      },
      400: {
        ...badRequest,
        examples: {
          ...textError(
            badBody,
            'invalid connection id',
            'this API endpoint does not support modifying destination type',
          ),
          InvalidProperties: badProperties,
        },
      },
      409: {
        description: 'Another update came in while this strict one was being proved.',
        schema: 'ErrorObject',
        examples: { LostRace: objectError('LostRace', 'Destination 86741 was changed by another request.') },
        headers: ['Retry-After'],
      },
      412: {
        description: 'If-Match names no revision that is current.',
        schema: 'ErrorObject',
        examples: {
          RevisionMismatch: objectError('RevisionMismatch', 'Destination 86741 is at revision 8 by now.', {
            revision: 8,
          }),
        },
      },
      422: {
        description: 'The strict check failed; nothing was changed.',
        schema: 'ErrorObject',
        examples: { CheckFailed: checkFailed },
      },
      ...bodyErrors,
      ...accessErrors,
    },
  },
];
