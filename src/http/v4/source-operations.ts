import { examples } from '../openapi/examples.ts';
import { type Operation, objectError, type Response } from '../openapi/operation.ts';
import { accessErrors, bodyErrors, idempotencyExamples } from '../openapi/usual-errors.ts';

const noSuchSource = objectError('InvalidId', 'source not found (126890)');
const unknownSource: Response = {
  description: 'This account has no such source.',
  schema: 'ErrorObject',
  examples: { InvalidId: noSuchSource },
};

const badPost =
  'POST body may only include a non-empty type, a non-empty display_name and map of string properties';
const badPut = 'PUT body many only include the keys: display_name, properties, and paused_at';

const propertyErrors = {
  InvalidDisplayName: objectError('InvalidDisplayName', 'invalid display_name ()'),
  InvalidProperties: objectError('InvalidProperties', 'properties do not match schema', {
    bad_properties: ['frequency_in_minutes'],
    report_card: examples.sourceReportCard,
    reasons: { frequency_in_minutes: 'A source of this type has no such property.' },
  }),
};

const source = (description: string): Response => ({
  description,
  schema: 'Source',
  examples: { 'An Import API source': examples.source },
});

/** Sources of version 4, but for their tokens and batches. */
export const sourceOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v4/sources',
    id: 'listSources',
    tag: 'Sources',
    summary: 'List sources',
    description: 'All sources of the account, oldest first: active, paused and deleted ones.',
    security: 'token',
    responses: {
      200: { ...source('The sources.'), schema: { listOf: 'Source' }, examples: { One: [examples.source] } },
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: '/v4/sources',
    id: 'createSource',
    tag: 'Sources',
    summary: 'Create a source',
    description:
      'Makes a source of the type `import_api`. Its `name`, the schema in the destination, is derived from `display_name` and never changes. Without `destination_id` it is mapped to the only destination of the account, if there is exactly one. The one property is ours: `on_invalid` is `refuse` (the default: one invalid record refuses its whole request) or `reject` (it goes to the rejected records, its neighbours are loaded).',
    security: 'token',
    parameters: ['idempotencyKey'],
    body: {
      schema: 'CreateSourceRequest',
      examples: { 'An Import API source': { type: 'import_api', display_name: 'Import API' } },
    },
    responses: {
      200: { ...source('The new source.'), headers: ['Idempotency-Replayed'] },
      400: {
        description: 'The body, the type, the name or a property cannot be used.',
        schema: 'ErrorObject',
        examples: {
          InvalidBody: objectError('InvalidBody', badPost),
          InvalidType: objectError('InvalidType', 'invalid source type (platform.x)'),
          AccessDenied: objectError(
            'AccessDenied',
            'you do not have access to source type (platform.hubspot)',
          ),
          InvalidName: objectError('InvalidName', 'non-unique name (import_api)'),
          InvalidId: objectError('InvalidId', 'destination not found (86741)'),
          ...propertyErrors,
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
    path: '/v4/sources/{id}',
    id: 'getSource',
    tag: 'Sources',
    summary: 'Get a source',
    description: 'One source, also after it was deleted.',
    security: 'token',
    parameters: ['source'],
    responses: { 200: source('The source.'), 400: unknownSource, ...accessErrors },
  },
  {
    method: 'put',
    path: '/v4/sources/{id}',
    id: 'updateSource',
    tag: 'Sources',
    summary: 'Update a source',
    description:
      'Changes what the body names, at once. Any `paused_at` pauses: the source accepts nothing and loads nothing; null unpauses. Batches that wait follow `destination_id`; null takes the mapping away. null clears a property.',
    security: 'token',
    parameters: ['source'],
    body: {
      schema: 'UpdateSourceRequest',
      examples: {
        Pause: { paused_at: '2019-06-01T00:00:00Z' },
        Unpause: { paused_at: null },
        'Another destination': { destination_id: 86741 },
      },
    },
    responses: {
      200: source('The source.'),
      400: {
        description:
          'The body or a property cannot be used, or the account has no such source or destination.',
        schema: 'ErrorObject',
        examples: {
          InvalidBody: objectError('InvalidBody', badPut),
          InvalidId: noSuchSource,
          ...propertyErrors,
        },
      },
      ...bodyErrors,
      ...accessErrors,
    },
  },
  {
    method: 'delete',
    path: '/v4/sources/{id}',
    id: 'deleteSource',
    tag: 'Sources',
    summary: 'Delete a source',
    description:
      'Its tokens stop working, and batches that wait are discarded; Backstitch-Discarded-Batches says how many. Tables that were loaded stay as they are.',
    security: 'token',
    parameters: ['source'],
    responses: {
      200: {
        description: 'The source with its `deleted_at`.',
        schema: 'Source',
        examples: { Deleted: examples.deletedSource },
        headers: ['Backstitch-Discarded-Batches'],
      },
      400: unknownSource,
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/sources/{id}/last-connection-check',
    id: 'getLastConnectionCheckOfSource',
    tag: 'Sources',
    summary: 'Get the last connection check of a source',
    description:
      'An Import API source connects to nothing itself: this is the last check of the destination it is mapped to, which says whether its records can arrive.',
    security: 'token',
    parameters: ['source'],
    responses: {
      200: {
        description: 'The check.',
        schema: 'ConnectionCheck',
        examples: { 'A failed check': examples.check },
      },
      400: unknownSource,
      404: {
        description: 'The source has no destination, or no check of its settings has been completed yet.',
        schema: 'ErrorObject',
        examples: {
          NotFound: {
            error: 'NotFound',
            message: 'The source has no destination whose current settings were checked.',
          },
        },
      },
      ...accessErrors,
    },
  },
];
