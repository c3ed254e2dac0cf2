import type { Json, JsonObject } from '../../lib/json.ts';
import { importOperations } from '../import/operations.ts';
import { notificationOperations } from '../notifications/operations.ts';
import { headers, parameters, securitySchemes } from '../openapi/components.ts';
import type { Content, Operation, Response, Schema, Tag } from '../openapi/operation.ts';
import { schemas } from '../openapi/schemas.ts';
import { partnerOperations } from '../partner/account-operations.ts';
import { sessionOperations } from '../sessions/operations.ts';
import { destinationOperations as v3Operations } from '../v3/destination-operations.ts';
import { accountOperations } from '../v4/account-operations.ts';
import { checkOperations } from '../v4/check-operations.ts';
import { destinationOperations as v4Operations } from '../v4/destination-operations.ts';
import { eventOperations } from '../v4/event-operations.ts';
import { recordOperations } from '../v4/record-operations.ts';
import { replayOperations } from '../v4/replay-operations.ts';
import { resultOperations } from '../v4/result-operations.ts';
import { sourceOperations } from '../v4/source-operations.ts';
import { typeOperations } from '../v4/type-operations.ts';
import { opsOperations } from './operations.ts';

/** Every call of the server. */
export const operations: readonly Operation[] = [
  ...v4Operations,
  ...checkOperations,
  ...typeOperations,
  ...sourceOperations,
  ...recordOperations,
  ...replayOperations,
  ...resultOperations,
  ...eventOperations,
  ...notificationOperations,
  ...importOperations,
  ...accountOperations,
  ...sessionOperations,
  ...v3Operations,
  ...partnerOperations,
  ...opsOperations,
];

export const tags: Readonly<Record<Tag, string>> = {
  Destinations: 'Where data goes. Version 4: values are strings, credentials are left out.',
  'Connection checks': 'Whether data can arrive there, step by step, and what to do if not.',
  'Destination types': 'What can be connected, and with which properties.',
  Sources: 'Where records come from, and the tokens they come with.',
  Loads: 'How the loads of tables went.',
  Events: 'What happens, as it happens.',
  Notifications: 'Webhooks: telling programs what happened.',
  'Import API': 'Through which records come in.',
  Account: 'The account a token belongs to.',
  'Destinations, v3': 'The same destinations in version 3: natural JSON types, credentials masked.',
  Partners: 'Making accounts for others, and looking after them.',
  Operations: 'For whoever runs the server.',
};

/** The whole description in OpenAPI 3.1. */
export function buildOpenApi(options: {
  readonly version: string;
  readonly publicUrl: string | null;
}): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const operation of operations)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: renderOperation(operation) };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Backstitch',
      version: options.version,
      summary: 'Manages data-warehouse destinations and proves that they work.',
      description:
        'Compatible with the Connect API of Stitch, versions 3 and 4. Whatever goes beyond the original is optional: a header, a key or a call that old clients do not know. Every answer names its request in X-Request-Id; an error is a bare JSON string where the original has one, else an object with `error` and `message`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: options.publicUrl ?? '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas, parameters, headers, securitySchemes },
  };
}

/** Where there is more than the one way in. */
const alternatives: Partial<Record<Operation['security'], JsonObject[]>> = {
  nobody: [],
  token: [{ token: [] }, { session: [] }],
  metrics: [{ metrics: [] }, {}],
};

function renderOperation(operation: Operation): JsonObject {
  const { id, tag, summary, description, security, parameters: names, body, responses } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: alternatives[security] ?? [{ [security]: [] }],
    ...(names && { parameters: names.map((name) => ({ $ref: `#/components/parameters/${name}` })) }),
    ...(body && {
      requestBody: { required: body.required ?? true, content: { 'application/json': renderContent(body) } },
    }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [status, renderResponse(response, status)]),
    ),
  };
}

function renderResponse(response: Response, status: string): JsonObject {
  const ofErrors = status >= '400' ? ['Backstitch-Error', 'Backstitch-Remedy'] : [];
  const names = [...(response.headers ?? []), ...ofErrors, 'X-Request-Id'];
  return {
    description: response.description,
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    content: { [response.mediaType ?? 'application/json']: renderContent(response) },
  };
}

const renderContent = ({ schema, examples }: Content): JsonObject => ({
  schema: renderSchema(schema),
  examples: Object.fromEntries(
    Object.entries(examples).map(([title, value], index) => [
      `example${index + 1}`,
      { summary: title, value: value as Json },
    ]),
  ),
});

/** A component by its name, a list of one, or the schema as it stands. */
export function renderSchema(schema: Schema): JsonObject {
  if (typeof schema === 'string') return { $ref: `#/components/schemas/${schema}` };
  if (isList(schema)) return { type: 'array', items: renderSchema(schema.listOf) };
  return schema;
}

const isList = (schema: Exclude<Schema, string>): schema is Extract<Schema, { listOf: string }> =>
  typeof schema.listOf === 'string';
