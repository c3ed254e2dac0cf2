import {
  badProperties,
  creationErrors,
  noSuchDestination,
  revisionMismatch,
  updateErrors,
} from '../openapi/destination-errors.ts';
import { examples } from '../openapi/examples.ts';
import { type Operation, objectError, textError } from '../openapi/operation.ts';
import { accessErrors, bodyErrors } from '../openapi/usual-errors.ts';

/** Version 4: values are strings, credentials are left out, and every destination has its report card. */
export const destinationOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v4/destinations',
    id: 'listDestinations',
    tag: 'Destinations',
    summary: 'List destinations',
    description: 'All destinations of the account, oldest first, or the ones that the query names.',
    security: 'token',
    parameters: ['sourceId', 'destinationId'],
    responses: {
      200: {
        description: 'The destinations.',
        schema: { listOf: 'Destination' },
        examples: { 'One destination': [examples.destination] },
      },
      400: {
        description: 'Another query parameter, or a value that is no id.',
        schema: 'Error',
        examples: textError('GET may only include the params: source_id and/or destination_id'),
      },
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: '/v4/destinations',
    id: 'createDestination',
    tag: 'Destinations',
    summary: 'Create a destination',
    description:
      'Stores the destination and starts a connection check, whose name is in the header Backstitch-Check. With `Prefer: handling=strict` the check comes first, and nothing is stored unless it succeeds. This answer is the only one of v4 that shows a `sentinel_key`.',
    security: 'token',
    parameters: ['prefer', 'idempotencyKey'],
    body: {
      schema: 'CreateDestinationRequest',
      examples: {
        PostgreSQL: {
          type: 'postgres',
          name: 'Staging',
          description: 'Database of the staging environment.',
          properties: {
            host: 'warehouse.example.com',
            port: '5432',
            username: 'loader',
            database: 'analytics',
            password: 'a password',
            ssl: 'true',
          },
        },
      },
    },
    responses: {
      200: {
        description: 'The new destination.',
        schema: 'Destination',
        examples: { Created: examples.destination },
        headers: ['ETag', 'Backstitch-Check', 'Preference-Applied', 'Idempotency-Replayed'],
      },
      400: {
        description:
          'The body, the type or a property cannot be used, or the account has enough destinations.',
        schema: 'Error',
        examples: {
          ...textError(
            'you are at your destination limit',
            'POST body may only include a type, a name, a description, map of properties, and boolean for unmapped sources',
          ),
          InvalidType: objectError('InvalidType', 'invalid destination type (oracle)'),
          AccessDenied: objectError('AccessDenied', 'you do not have access to destination type (dataworld)'),
          InvalidProperties: badProperties,
        },
      },
      ...creationErrors,
      ...bodyErrors,
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/destinations/{id}',
    id: 'getDestination',
    tag: 'Destinations',
    summary: 'Get a destination',
    description: 'One destination.',
    security: 'token',
    parameters: ['id'],
    responses: {
      200: {
        description: 'The destination.',
        schema: 'Destination',
        examples: { Destination: examples.destination },
        headers: ['ETag'],
      },
      400: noSuchDestination,
      ...accessErrors,
    },
  },
  {
    method: 'put',
    path: '/v4/destinations/{id}',
    id: 'updateDestination',
    tag: 'Destinations',
    summary: 'Update a destination',
    description:
      'Changes what the body names and nothing else. Takes effect at once and starts a connection check, even when nothing changed; with `Prefer: handling=strict` the new settings are proved before they replace the old ones.',
    security: 'token',
    parameters: ['id', 'prefer', 'ifMatch'],
    body: {
      schema: 'UpdateDestinationRequest',
      examples: { 'Another host': { properties: { host: 'replica.example.com', password: 'a password' } } },
    },
    responses: {
      200: {
        description: 'The destination as it is now.',
        schema: 'Destination',
        examples: { Updated: examples.destination },
        headers: ['ETag', 'Backstitch-Check', 'Preference-Applied'],
      },
      400: {
        description: 'The body, the id, the type or a property cannot be used; looked at in this order.',
        schema: 'Error',
        examples: {
          ...textError(
            'PUT body may only include a name, a description, and map of properties',
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
  {
    method: 'delete',
    path: '/v4/destinations/{id}',
    id: 'deleteDestination',
    tag: 'Destinations',
    summary: 'Delete a destination',
    description: 'Its credentials are erased and its checks end.',
    security: 'token',
    parameters: ['id', 'ifMatch'],
    responses: {
      200: { description: 'It is gone.', schema: 'Empty', examples: { Deleted: {} } },
      400: {
        description: 'This account has no such destination.',
        schema: 'Error',
        examples: textError('Unable to locate dest (86741) for client (116078) to delete'),
      },
      404: {
        description: 'The id is no number.',
        schema: 'ErrorObject',
        examples: { NotFound: { error: 'NotFound', message: 'There is no such path.' } },
      },
      412: revisionMismatch,
      ...accessErrors,
    },
  },
];
