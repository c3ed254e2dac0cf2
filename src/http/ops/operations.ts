import type { Operation, Response } from '../openapi/operation.ts';

/** Nothing else can be wrong with a request that takes neither body nor credentials. */
const headersTooLarge: Readonly<Record<number, Response>> = {
  431: {
    description: 'The headers of the request are larger than 16 kB.',
    schema: 'ErrorObject',
    examples: {
      HeadersTooLarge: { error: 'HeadersTooLarge', message: 'The headers of the request are too large.' },
    },
  },
};

/** For whoever runs the server, and for whoever reads about it. */
export const opsOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/health',
    id: 'getHealth',
    tag: 'Operations',
    summary: 'Is the server well',
    description:
      '200 while the server serves and its store answers. `degraded`: it serves, but the disk of the data folder is full, or about to be, so that records are refused.',
    security: 'nobody',
    responses: {
      200: {
        description: 'It is.',
        schema: 'Health',
        examples: {
          Well: {
            status: 'ok',
            version: '1.0.0',
            store: { status: 'ok', engine: 'sqlite', milliseconds: 0, schema_version: 1 },
          },
          'The disk is full': {
            status: 'degraded',
            version: '1.0.0',
            message:
              'The disk of the data folder is full: nothing was stored. Free some space; the server goes on by itself.',
            store: { status: 'full' },
          },
        },
      },
      503: {
        description: 'It is starting or stopping, or its store does not answer.',
        schema: 'Health',
        examples: {
          'The store fails': {
            status: 'failing',
            version: '1.0.0',
            message: 'The store does not answer; the log says why.',
            store: { status: 'failing' },
          },
        },
        headers: ['Retry-After'],
      },
      ...headersTooLarge,
    },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'getMetrics',
    tag: 'Operations',
    summary: 'Metrics for Prometheus',
    description:
      'Open to everybody unless the operator has set a token for them. No account, host or name stands in them.',
    security: 'metrics',
    responses: {
      200: {
        description: 'Metrics in the text format.',
        schema: { type: 'string' },
        examples: { Excerpt: 'backstitch_build_info{version="1.0.0"} 1\n' },
        mediaType: 'text/plain',
      },
      401: {
        description: 'The operator has set a token, and this is not it.',
        schema: 'ErrorObject',
        examples: {
          Unauthorized: {
            error: 'Unauthorized',
            message: 'Metrics need the token that BACKSTITCH_METRICS_TOKEN names.',
          },
        },
      },
    },
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getOpenApi',
    tag: 'Operations',
    summary: 'This description',
    description: 'The description of every call in OpenAPI 3.1.',
    security: 'nobody',
    responses: {
      200: {
        description: 'The description.',
        schema: { type: 'object' },
        examples: { Excerpt: { openapi: '3.1.1' } },
      },
      ...headersTooLarge,
    },
  },
  {
    method: 'get',
    path: '/docs',
    id: 'getDocs',
    tag: 'Operations',
    summary: 'This description, as a page',
    description: 'The same for people. Loads nothing from elsewhere.',
    security: 'nobody',
    responses: {
      200: {
        description: 'A page.',
        schema: { type: 'string' },
        examples: { Excerpt: '<!doctype html>' },
        mediaType: 'text/html',
      },
      ...headersTooLarge,
    },
  },
];
