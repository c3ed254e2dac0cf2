import type { Json } from '../../lib/json.ts';
import type { ParameterName } from '../openapi/components.ts';
import type { Operation, Response } from '../openapi/operation.ts';

const responses = {
  accepted: {
    description: 'The records are durable and will be loaded.',
    schema: 'ImportStatus',
    examples: { Accepted: { status: 'OK', message: 'Batch Accepted!' } },
    headers: ['Idempotency-Replayed', 'Preference-Applied', 'Backstitch-Rejected-Records'],
  },
  notAuthorized: {
    description: 'The token is unknown or revoked, or its source is paused or deleted.',
    schema: 'ImportError',
    examples: {
      'No such token': { message: 'Not Authorized' },
      'A paused source': { error: 'Forbidden', errors: { error: 'Connection is not active.' } },
    },
  },
  tooLarge: {
    description: 'The body is larger than 20 MB, after inflation.',
    schema: 'ImportError',
    examples: {
      'Too large': {
        status: 'ERROR',
        message: 'Request rejected: request size (20971521 bytes) exceeds the maximum',
      },
    },
  },
  noRoom: {
    description: 'The server has no room for more records now, or a limit is used up; nothing was stored.',
    schema: 'ImportError',
    examples: { 'No room': { status: 'ERROR', message: 'The disk is full; try again later' } },
    headers: ['Retry-After'],
  },
} as const satisfies Record<string, Response>;

const unprocessable = (reason: Json) => ({
  status: 'ERROR',
  error: 'Request cannot be processed; see errors.',
  errors: [{ reason }],
});
const keyUsed = {
  status: 'ERROR',
  message: 'This Idempotency-Key was used before, with another body. Use a new key for a new request.',
};

const pushErrors: Readonly<Record<number, Response>> = {
  400: {
    description: 'The body is no JSON or Transit, no list, or a list that is too long.',
    schema: 'ImportError',
    examples: {
      'No list': { status: 'ERROR', message: 'An array of records is expected' },
      'No JSON': {
        status: 'ERROR',
        message: 'Malformed json in the body!',
        error: 'unexpected end at byte 12',
        input: null,
      },
    },
  },
  401: {
    ...responses.notAuthorized,
    examples: {
      ...responses.notAuthorized.examples,
      'No client_id': { status: 'ERROR', error: 'Not Authenticated.', errors: null },
    },
  },
  403: {
    description:
      'Another `client_id` than that of the token, or an account token where several sources are active.',
    schema: 'ImportError',
    examples: {
      'Another client': {
        status: 'ERROR',
        error: 'Forbidden',
        errors: { error: 'Access token is not associated with this client.' },
      },
    },
  },
  413: responses.tooLarge,
  415: {
    description: 'Another content type or encoding.',
    schema: 'ImportError',
    examples: {
      XML: {
        status: 'ERROR',
        message:
          'Unsupported content-type application/xml. Please send application/json or application/transit+json',
      },
    },
  },
  503: responses.noRoom,
};

const refusedRecord = unprocessable({ data: ['data must include keys'] });

const push: Pick<Operation, 'tag' | 'security' | 'body'> & { readonly parameters: readonly ParameterName[] } =
  {
    tag: 'Import API',
    security: 'import',
    parameters: ['contentEncoding'],
    body: {
      schema: { listOf: 'PushRecord' },
      examples: {
        'One record': [
          {
            client_id: 116078,
            table_name: 'customers',
            sequence: 1565880017,
            action: 'upsert',
            key_names: ['id'],
            data: { id: 1, name: 'Finn' },
          },
        ],
      },
    },
  };

/** The Import API. */
export const importOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v2/import/status',
    id: 'getImportStatus',
    tag: 'Import API',
    summary: 'Can records come in',
    description: '200 while the server takes records.',
    security: 'nobody',
    responses: {
      200: {
        description: 'It does.',
        schema: 'PipelineStatus',
        examples: {
          Well: { name: 'pipeline.gate', version: '1.0.0', revision: '1.0.0', status: 'OK', reason: null },
        },
      },
      503: {
        description: 'It is starting or stopping, or its store does not answer.',
        schema: 'PipelineStatus',
        examples: {
          Stopping: {
            name: 'pipeline.gate',
            version: '1.0.0',
            revision: '1.0.0',
            status: 'ERROR',
            reason: 'The server is stopping.',
          },
        },
        headers: ['Retry-After'],
      },
      431: {
        description: 'The headers of the request are larger than 16 kB.',
        schema: 'ErrorObject',
        examples: {
          'Too large': { error: 'HeadersTooLarge', message: 'The headers of the request are too large.' },
        },
      },
    },
  },
  {
    method: 'post',
    path: '/v2/import/batch',
    id: 'importBatch',
    tag: 'Import API',
    summary: 'Send records of one table',
    description:
      'Records with their JSON Schema (draft 4), which decides the types of the columns. At most 20 MB after inflation and 20,000 messages; numbers keep every digit. One record that breaks the rules refuses the whole request, unless the source has `on_invalid` = `reject` or the request prefers `handling=lenient`. Without `key_names` the table is append-only, and a request that is sent again appends again: an Idempotency-Key prevents that.',
    security: 'import',
    parameters: ['contentEncoding', 'idempotencyKey', 'preferHandling'],
    body: {
      schema: 'BatchRequest',
      examples: {
        'One record': {
          table_name: 'customers',
          schema: { properties: { id: { type: 'integer' }, name: { type: ['null', 'string'] } } },
          key_names: ['id'],
          messages: [{ action: 'upsert', sequence: 1565880017, data: { id: 1, name: 'Finn' } }],
        },
      },
    },
    responses: {
      201: responses.accepted,
      400: {
        description: 'The body breaks the rules; nothing of it was stored.',
        schema: 'ImportError',
        examples: {
          'A missing key': { error: 'Request failed validation:#: required key [table_name] not found' },
          'A record': { error: 'Record 0 did not conform to schema: #/id: expected: Number, found: String' },
        },
      },
      401: responses.notAuthorized,
      413: responses.tooLarge,
      415: {
        description: 'Another content type or encoding.',
        schema: 'ErrorText',
        examples: { XML: 'Content-Type must be application/json' },
      },
      422: {
        description: 'The Idempotency-Key was used for another body.',
        schema: 'ImportError',
        examples: { 'Used before': keyUsed },
      },
      503: responses.noRoom,
    },
  },
  {
    ...push,
    method: 'post',
    path: '/v2/import/push',
    id: 'importPush',
    summary: 'Send records of several tables',
    description:
      'Records without a schema: the JSON value decides the type, record by record. JSON, or Transit with the content type `application/transit+json`.',
    parameters: [...push.parameters, 'idempotencyKey', 'preferHandling'],
    responses: {
      201: responses.accepted,
      ...pushErrors,
      422: {
        description: 'A record breaks the rules, or the Idempotency-Key was used for another body.',
        schema: 'ImportError',
        examples: {
          'A record': refusedRecord,
          'Several clients': unprocessable(
            'The batch contains data points for multiple clients. Only client_id 116078 is allowed',
          ),
          'Used before': keyUsed,
        },
      },
    },
  },
  {
    ...push,
    method: 'post',
    path: '/v2/import/validate',
    id: 'validatePush',
    summary: 'Check a push without storing it',
    description: 'Answers what a push of the same body would be refused for. Nothing is stored.',
    responses: {
      200: {
        description: 'A push of this body would be accepted.',
        schema: 'ImportStatus',
        examples: { Valid: { status: 'OK', message: 'Batch is valid!' } },
      },
      ...pushErrors,
      422: {
        description: 'A record breaks the rules.',
        schema: 'ImportError',
        examples: { 'A record': refusedRecord },
      },
    },
  },
];
