import {
  badProperties,
  creationErrors,
  noSuchDestination,
  updateErrors,
} from '../openapi/destination-errors.ts';
import { examples } from '../openapi/examples.ts';
import { type Operation, objectError, type Response, textError } from '../openapi/operation.ts';
import { accessErrors, bodyErrors } from '../openapi/usual-errors.ts';

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
      ...creationErrors,
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
      400: noSuchDestination,
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
      ...updateErrors,
      ...bodyErrors,
      ...accessErrors,
    },
  },
];
