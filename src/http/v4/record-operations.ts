import { examples } from '../openapi/examples.ts';
import { type Operation, objectError, type Response } from '../openapi/operation.ts';
import { accessErrors } from '../openapi/usual-errors.ts';

const invalidId = (message: string) => ({ InvalidId: objectError('InvalidId', message) });
const unknownSource: Response = {
  description: 'This account has no such source.',
  schema: 'ErrorObject',
  examples: invalidId('source not found (126890)'),
};

const discarded = (isDiscarded: boolean) => ({
  id: '0f8fad5bd9cb469fa16570867728950e',
  table_name: 'orders',
  records: 50,
  bytes: 4210,
  discarded: isDiscarded,
});

/** What stands around sources: their tokens, what became of what they sent, and the types there are. */
export const recordOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v4/sources/{id}/tokens',
    id: 'issueImportToken',
    tag: 'Sources',
    summary: 'Issue an import token',
    description:
      'A token for the Import API, valid for this source only. This answer is the only one that shows it. A source has at most two that work, so that one can be replaced without a gap. Takes no body.',
    security: 'token',
    parameters: ['source'],
    responses: {
      200: {
        description: 'The token.',
        schema: 'IssuedToken',
        examples: { Issued: { id: 828792559, access_token: 'at_the-token' } },
      },
      400: {
        description: 'This account has no such source, or the source has two tokens already.',
        schema: 'ErrorObject',
        examples: {
          ...invalidId('source not found (126890)'),
          TokenLimit: objectError('TokenLimit', 'a source can have at most two active access tokens'),
        },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/sources/{id}/tokens',
    id: 'listImportTokens',
    tag: 'Sources',
    summary: 'List import tokens',
    description: 'Ids of the tokens that work, oldest first.',
    security: 'token',
    parameters: ['source'],
    responses: {
      200: {
        description: 'The ids.',
        schema: { type: 'array', items: { type: 'integer' } },
        examples: { One: [815713587] },
      },
      400: unknownSource,
      ...accessErrors,
    },
  },
  {
    method: 'delete',
    path: '/v4/sources/{id}/tokens/{token}',
    id: 'revokeImportToken',
    tag: 'Sources',
    summary: 'Revoke an import token',
    description: 'The token stops working.',
    security: 'token',
    parameters: ['source', 'token'],
    responses: {
      200: {
        description: 'The source.',
        schema: 'Source',
        examples: { 'An Import API source': examples.source },
      },
      400: {
        description: 'This account has no such source, or the source no such token that works.',
        schema: 'ErrorObject',
        examples: invalidId('token not found (828792559)'),
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/sources/{id}/batches',
    id: 'listBatches',
    tag: 'Sources',
    summary: 'List batches',
    description:
      'What became of the batches that the Import API accepted for this source, newest first. `ready` waits for its load, `blocked` for somebody to act: `waits_for` or `last_error_details` say who and how; `quarantined` was damaged at rest, or ended the loader, and is never loaded. `load` says what the load it went into did.',
    security: 'token',
    parameters: ['source', 'limit', 'table', 'batchState'],
    responses: {
      200: {
        description: 'The batches.',
        schema: { listOf: 'Batch' },
        examples: { 'One that waits': [examples.batch] },
      },
      400: {
        description: 'This account has no such source, or the limit is no number from 1 to 100.',
        schema: 'ErrorObject',
        examples: {
          ...invalidId('source not found (126890)'),
          InvalidQuery: objectError('InvalidQuery', 'limit must be a number from 1 to 100.'),
        },
      },
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: '/v4/sources/{id}/batches/{batch}/discard',
    id: 'discardBatch',
    tag: 'Sources',
    summary: 'Discard a batch',
    description:
      'Gives up a batch that is blocked or quarantined, so that those behind it are loaded: its records are gone, and have to be sent again. Where its load was begun once, it may stand in the destination although nobody heard of it. Then the answer is 202, the destination is asked first, and the batch is discarded or is loaded after all.',
    security: 'token',
    parameters: ['source', 'discarded'],
    responses: {
      200: {
        description: 'It is discarded.',
        schema: 'Discard',
        examples: { Discarded: discarded(true) },
      },
      202: {
        description: 'It is discarded as soon as the destination has told that it does not stand there.',
        schema: 'Discard',
        examples: { 'Its load was begun': discarded(false) },
      },
      400: {
        description: 'This account has no such source, or the source no such batch.',
        schema: 'ErrorObject',
        examples: invalidId('batch not found (0f8fad5bd9cb469fa16570867728950e)'),
      },
      409: {
        description: 'The batch is ready, is being loaded, or is loaded.',
        schema: 'ErrorObject',
        examples: {
          BatchNotWaiting: objectError(
            'BatchNotWaiting',
            'The batch 0f8fad5bd9cb469fa16570867728950e is ready: only one that is blocked or quarantined can be discarded.',
          ),
        },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/source-types',
    id: 'listSourceTypes',
    tag: 'Sources',
    summary: 'List source types',
    description: 'What records can come from: in this build the Import API.',
    security: 'token',
    responses: {
      200: {
        description: 'The types.',
        schema: { listOf: 'SourceTypeReportCard' },
        examples: { 'The Import API': [examples.sourceTypeCard] },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/source-types/{type}',
    id: 'getSourceType',
    tag: 'Sources',
    summary: 'Get a source type',
    description: 'The form of one type.',
    security: 'token',
    parameters: ['sourceType'],
    responses: {
      200: {
        description: 'The type.',
        schema: 'SourceTypeReportCard',
        examples: { 'The Import API': examples.sourceTypeCard },
      },
      400: {
        description: 'There is no such type, or this build does not have it.',
        schema: 'ErrorObject',
        examples: {
          InvalidType: objectError('InvalidType', 'invalid source type (platform.x)'),
          AccessDenied: objectError(
            'AccessDenied',
            'you do not have access to source type (platform.hubspot)',
          ),
        },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/{client}/loads',
    id: 'listLoads',
    tag: 'Loads',
    summary: 'List the last load of each table',
    description:
      'One entry for each table with an attempted load in the past 60 days, by the name of the table. While a table is in error, `error_state` says why and what helps, and no time of a load is shown.',
    security: 'token',
    parameters: ['client', 'page'],
    responses: {
      200: {
        description: 'The tables.',
        schema: 'LoadPage',
        examples: {
          'One in error, one loaded': { data: examples.streams, page: 1, total: 2, links: {} },
        },
      },
      400: {
        description: 'The page is no number.',
        schema: 'ErrorObject',
        examples: { InvalidQuery: objectError('InvalidQuery', 'page must be a number from 1.') },
      },
      ...accessErrors,
    },
  },
];
