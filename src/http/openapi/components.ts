import type { JsonObject } from '../../lib/json.ts';

/** Parameters that several calls share. */
export const parameters = {
  id: path('id', 'Id of the destination.', { type: 'integer', minimum: 1 }, 86741),
  type: path('type', 'Name of the destination type.', { type: 'string' }, 'postgres'),
  checkName: path(
    'name',
    'Name of the check, as `check_job_name` and the header Backstitch-Check give it.',
    { type: 'string' },
    '116078.86741.check.7bc049a4-18cf-41e9-a502-0e61abdd375a',
  ),
  hook: path('id', 'Id of the hook.', { type: 'integer', minimum: 1 }, 8),
  customEmail: path('id', 'Id of the recipient.', { type: 'integer', minimum: 1 }, 22),
  source: path('id', 'Id of the source.', { type: 'integer', minimum: 1 }, 126890),
  replay: path('replay', 'Id of the replay.', { type: 'integer', minimum: 1 }, 126912),
  discarded: path('batch', 'Id of the batch.', { type: 'string' }, '0f8fad5bd9cb469fa16570867728950e'),
  token: path('token', 'Id of the token.', { type: 'integer', minimum: 1 }, 828792559),
  sourceType: path('type', 'Name of the source type.', { type: 'string' }, 'import_api'),
  client: path('client', 'Id of the account that the token is of.', { type: 'integer', minimum: 1 }, 116078),
  contentEncoding: header(
    'Content-Encoding',
    '`gzip` or `zstd`, one of them at most. Limits count bytes after inflation.',
    'gzip',
  ),
  table: query('table', 'Only what is of the table of this name, as it was sent.', { type: 'string' }),
  batchState: query('state', 'Only batches in this state.', {
    type: 'string',
    enum: ['ready', 'loading', 'blocked', 'quarantined', 'loaded'],
  }),
  batch: query('batch', 'Only what is of the batch of this id.', { type: 'string' }),
  since: query('since', 'Only what is not older than this.', { type: 'string', format: 'date-time' }),
  sourceOf: query('source_id', 'Only what is of the source of this id.', { type: 'integer', minimum: 1 }),
  accountId: path('id', 'Id of the account.', { type: 'integer', minimum: 1 }, 136715),
  tokenId: path('token_id', 'Id of the token.', { type: 'integer', minimum: 1 }, 7),
  sourceId: query('source_id', 'Only the destination this source is mapped to.', {
    type: 'integer',
    minimum: 1,
  }),
  destinationId: query('destination_id', 'Only the destination of this id.', { type: 'integer', minimum: 1 }),
  limit: query('limit', 'How many entries to answer, newest first.', {
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 20,
  }),
  lastEventId: {
    ...query('last_event_id', 'As the header Last-Event-ID, for those who cannot send headers.', {
      type: 'string',
    }),
    example: '1517931396123-load.loaded:0b1d5b9e0f6a4f7ab4a2f60a1f9c7d33',
  },
  lastEventIdHeader: header(
    'Last-Event-ID',
    'Id of the last event before the stream was cut: what came after it is told first. Browsers send it by themselves.',
    '1517931396123-load.loaded:0b1d5b9e0f6a4f7ab4a2f60a1f9c7d33',
  ),
  page: query('page', 'Which page of 100 entries.', { type: 'integer', minimum: 1, default: 1 }),
  prefer: header(
    'Prefer',
    '`wait=N` answers when the check has ended, or after N seconds (1–30). `handling=strict` makes the change only if a check of the new settings succeeds. Unknown preferences are ignored; Preference-Applied says what was done.',
    'handling=strict',
  ),
  preferHandling: header(
    'Prefer',
    '`handling=lenient` sets single invalid records aside and takes the others, `handling=strict` refuses the request for one. Without it, `on_invalid` of the source decides.',
    'handling=lenient',
  ),
  preferWait: header(
    'Prefer',
    '`wait=N` answers when the check has ended, or after N seconds (1–30).',
    'wait=10',
  ),
  ifMatch: header(
    'If-Match',
    'ETags of the revisions this call may replace or delete, or `*`. If the destination has another one by now, nothing changes and the answer is 412.',
    '"7"',
  ),
  sessionHeader: {
    ...header('Backstitch-Session', 'Any value: shows that a page of this server asks.', '1'),
    required: true,
  },
  idempotencyKey: header(
    'Idempotency-Key',
    'Up to 255 printable ASCII characters. The same request with the same key again is not carried out again: it gets the same answer, with Idempotency-Replayed. Kept for 24 hours.',
    '0b3a2f0c-52a6-4b9e-8a0c-3a1de1f4d0b5',
  ),
} as const satisfies Record<string, JsonObject>;

export type ParameterName = keyof typeof parameters;

/** Headers of answers. */
export const headers = {
  'X-Request-Id': answer(
    'Names this request in the log of the server.',
    'a7f0b6c2-3f53-4a0e-9a55-0c8b7a0e6a1d',
  ),
  ETag: answer('The revision of the settings. A finished check does not change it.', '"7"'),
  'Backstitch-Check': answer(
    'Name of the connection check that this call started, joined, or was proved by.',
    '116078.86741.check.7bc049a4-18cf-41e9-a502-0e61abdd375a',
  ),
  'Preference-Applied': answer('Which preferences were honoured.', 'wait=10'),
  'Idempotency-Replayed': answer('`true` when this answer was given before.', 'true'),
  'Backstitch-Discarded-Batches': answer('How many batches had not been loaded yet.', '0'),
  'Backstitch-Rejected-Records': answer(
    'How many records were set aside because they break the rules; missing when there are none.',
    '3',
  ),
  'Backstitch-Egress': answer(
    'Addresses our connections come from, if the operator gave them.',
    '192.0.2.10',
  ),
  'Set-Cookie': answer(
    "The browser's session, or its end.",
    '__Host-backstitch=se_…; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure',
  ),
  'Backstitch-Error': answer('Of an error: its code, also where the body is a bare string.', 'InvalidId'),
  'Backstitch-Remedy': answer(
    'Of an error: what helps, percent-encoded.',
    'GET%20%2Fv4%2Fdestinations%20lists%20them.',
  ),
  'Retry-After': answer('Seconds after which the same request may succeed.', '17'),
} as const satisfies Record<string, JsonObject>;

export type HeaderName = keyof typeof headers;

export const securitySchemes = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token of the account (`ac_…`). The bare token without the word Bearer works too.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-backstitch',
    description:
      'The session of a browser, from `POST /v4/session`. Without TLS the cookie is called `backstitch`. Calls that change something need the header `Backstitch-Session` too.',
  },
  import: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An import token of the source (`at_…`). Push and validate take an access token of the account too, where it has exactly one active source.',
  },
  partner: { type: 'http', scheme: 'basic', description: 'partner_id and partner_secret.' },
  metrics: {
    type: 'http',
    scheme: 'bearer',
    description: 'BACKSTITCH_METRICS_TOKEN, where the operator has set one.',
  },
} as const satisfies Record<string, JsonObject>;

function path(name: string, description: string, schema: JsonObject, example: string | number) {
  return { name, in: 'path', required: true, description, schema, example };
}

function query(name: string, description: string, schema: JsonObject) {
  return { name, in: 'query', required: false, description, schema };
}

function header(name: string, description: string, example: string) {
  return { name, in: 'header', required: false, description, schema: { type: 'string' }, example };
}

function answer(description: string, example: string) {
  return { description, schema: { type: 'string' }, example };
}
