import { examples } from '../openapi/examples.ts';
import { type Operation, objectError } from '../openapi/operation.ts';
import { accessErrors } from '../openapi/usual-errors.ts';

const unknownSource = { InvalidId: objectError('InvalidId', 'source not found (126890)') };
const badTime = {
  InvalidQuery: objectError('InvalidQuery', 'since must be a time like 2018-02-06T15:36:36Z.'),
};
const badPage = { InvalidQuery: objectError('InvalidQuery', 'page must be a number from 1.') };

/** What loads could not take, and how they changed tables. */
export const resultOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v4/sources/{id}/rejected',
    id: 'listRejected',
    tag: 'Sources',
    summary: 'List rejected records',
    description:
      'Without a filter: by table, how many records were rejected, how many values were left out of records that were loaded, and why. With `table`, `batch` or `since`: the newest rejections one by one. What was retried is no longer counted; it goes with the payload of its batch (7 days, unless configured otherwise). The same stands in `_sdc_rejected` beside the tables.',
    security: 'token',
    parameters: ['source', 'table', 'batch', 'since', 'limit'],
    responses: {
      200: {
        description: 'Tables, or rejections.',
        schema: {
          anyOf: [
            { type: 'array', items: { $ref: '#/components/schemas/RejectedTable' } },
            { type: 'array', items: { $ref: '#/components/schemas/RejectedEntry' } },
          ],
        },
        examples: { Tables: [examples.rejectedTable], 'Of one table': [examples.rejectedEntry] },
      },
      400: {
        description: 'This account has no such source, or a filter makes no sense.',
        schema: 'ErrorObject',
        examples: { ...unknownSource, ...badTime },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/sources/{id}/rejected/records',
    id: 'downloadRejected',
    tag: 'Sources',
    summary: 'Download rejected records',
    description:
      'JSON, a line for each rejection, newest first: what `GET …/rejected` says of it, and `record` whole, as it was sent, with every digit. `record` is null where the payload of its batch is damaged or gone.',
    security: 'token',
    parameters: ['source', 'table', 'batch', 'since'],
    responses: {
      200: {
        description: 'The records.',
        mediaType: 'application/x-ndjson',
        schema: { type: 'string' },
        examples: {
          One: `${JSON.stringify({ ...(examples.rejectedEntry as object), record: { id: 1, total: 1e30 } })}\n`,
        },
      },
      400: {
        description: 'This account has no such source, or a filter makes no sense.',
        schema: 'ErrorObject',
        examples: { ...unknownSource, ...badTime },
      },
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: '/v4/sources/{id}/rejected/retry',
    id: 'retryRejected',
    tag: 'Sources',
    summary: 'Load rejected records once more',
    description:
      'After what was wrong has been mended in the warehouse. Puts the rejected records (all, or those that the body names) into new batches with the schema, keys and sequences they came with. Each is retried once, however often this is called; what is rejected again is listed again. Values that were left out of records which stand cannot be retried: the same record again would change nothing.',
    security: 'token',
    parameters: ['source'],
    body: {
      required: false,
      schema: 'RetryRequest',
      examples: { 'One table': { table: 'orders' }, Everything: {} },
    },
    responses: {
      200: {
        description: 'What was put into new batches, and what was not, with the reason.',
        schema: 'RetryResult',
        examples: { Retried: { records: 17, batches: 2, left_out: [] } },
      },
      400: {
        description: 'This account has no such source, or the body makes no sense.',
        schema: 'ErrorObject',
        examples: {
          ...unknownSource,
          InvalidBody: objectError('InvalidBody', 'The body may have table, batch and since.'),
        },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/{client}/schema-changes',
    id: 'listSchemaChanges',
    tag: 'Loads',
    summary: 'List changes of tables',
    description:
      'Tables that loads made, columns that they added, and columns that split because a second type came, newest first. `dependent_views` read the column that was renamed: they go on to show values of its first type only.',
    security: 'token',
    parameters: ['client', 'page', 'sourceOf', 'table', 'since'],
    responses: {
      200: {
        description: 'The changes.',
        schema: 'SchemaChangePage',
        examples: {
          'A column that split': { data: [examples.schemaChange], page: 1, total: 1, links: {} },
        },
      },
      400: {
        description: 'The page is no number, or a filter makes no sense.',
        schema: 'ErrorObject',
        examples: badPage,
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/{client}/activity',
    id: 'getActivity',
    tag: 'Loads',
    summary: 'Get the activity',
    description:
      'How loading went since a time (24 hours ago unless given, at most 60 days), in at most about 120 steps, and how every table stands now. Steps without a load are left out. A load is counted for as long as it is retained (7 days, unless configured otherwise).',
    security: 'token',
    parameters: ['client', 'since', 'sourceOf', 'table'],
    responses: {
      200: {
        description: 'Counts over time and by table.',
        schema: 'Activity',
        examples: {
          'An hour': {
            since: '2020-06-23T14:30:00Z',
            until: '2020-06-23T15:30:12Z',
            step_seconds: 60,
            ...examples.activity,
          },
        },
      },
      400: {
        description: 'A filter makes no sense.',
        schema: 'ErrorObject',
        examples: {
          InvalidQuery: objectError('InvalidQuery', 'since must be a time within the past 60 days.'),
        },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/{client}/extractions',
    id: 'listExtractions',
    tag: 'Loads',
    summary: 'List extraction jobs',
    description:
      'Always an empty page: Import API sources are sent their records, and run no jobs that fetch any. It is here for clients that ask.',
    security: 'token',
    parameters: ['client', 'page'],
    responses: {
      200: {
        description: 'No jobs.',
        schema: 'ExtractionPage',
        examples: { None: { data: [], page: 1, total: 0, links: {} } },
      },
      400: { description: 'The page is no number.', schema: 'ErrorObject', examples: badPage },
      ...accessErrors,
    },
  },
];
