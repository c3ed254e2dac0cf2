import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batchBody, createImportSource, type ImportSource } from '../support/import-source.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** What a body of batch must look like, row by row of the contract. */
let server: TestServer;
let source: ImportSource;
beforeAll(async () => {
  server = await startTestServer();
  source = await createImportSource(server);
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const message = (changes: object = {}) => ({ action: 'upsert', sequence: 1, data: { id: 1 }, ...changes });
const withMessages = (...messages: unknown[]) => batchBody({ messages });
const withRecord = (data: object, changes: object = {}) =>
  batchBody({ messages: [message({ data })], ...changes });
const without = (key: string) => ({ ...batchBody(), [key]: undefined });
const raw = (messages: string, schema = '{}') =>
  `{"table_name":"t","schema":${schema},"key_names":["id"],"messages":[${messages}]}`;

describe('is accepted', () => {
  test.each([
    ['with all keys', batchBody({ table_version: 1, bookmark_names: ['updated_at'] })],
    ['without key_names', without('key_names')],
    ['with empty key_names', batchBody({ key_names: [] })],
    [
      'with time_extracted and vintage',
      withMessages(message({ time_extracted: '2018-02-06T15:36:36Z', vintage: 'x' })),
    ],
    ['with a namespace', withMessages(message({ namespace: 'x' }))],
    ['that activates a version', withMessages(message(), { action: 'activate_version', sequence: 2 })],
    ['that switches a view', withMessages({ action: 'switch_view', sequence: 1 })],
    ['with the largest sequence', raw('{"action":"upsert","sequence":9223372036854775807,"data":{"id":1}}')],
    ['with 20,000 messages', withMessages(...Array.from({ length: 20_000 }, () => message()))],
    ['with the longest key', withRecord({ id: 'x'.repeat(255) }, { schema: {} })],
    [
      'with a key twice, of which the last wins',
      raw('{"action":"x","action":"upsert","sequence":1,"data":{"id":1}}'),
    ],
    ['of which only the destination can judge', withRecord({ id: 1, at: '9999-99-99', name: 'a\u0000b' })],
    [
      'with a text that is no date-time',
      withRecord(
        { id: 1, at: 'soon' },
        { schema: { properties: { at: { type: 'string', format: 'date-time' } } } },
      ),
    ],
    ['with a record over 4 MB', withRecord({ id: 1, name: 'x'.repeat(4_000_001) })],
  ])('a body %s', async (_what, body) => {
    const answer = await source.send('batch', body);
    expect(answer.status, answer.text).toBe(201);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual({ status: 'OK', message: 'Batch Accepted!' });
  });
});

/** What is wrong, the body, and the text of the answer. */
type Refused = readonly [string, unknown, string | RegExp];

describe('is a 400 in the words of the contract', () => {
  test.each<Refused>([
    ...['table_name', 'schema', 'messages'].map(
      (key): Refused => [
        `a missing ${key}`,
        without(key),
        `Request failed validation:#: required key [${key}] not found`,
      ],
    ),
    [
      'an unknown key',
      batchBody({ client_id: 1 }),
      'Request failed validation:#: extraneous key [client_id] is not permitted',
    ],
    [
      'a schema that is a list',
      batchBody({ schema: [] }),
      'Request failed validation:#/schema: expected type: JSONObject, found: JSONArray',
    ],
    [
      'a table_name that is a number',
      batchBody({ table_name: 1 }),
      'Request failed validation:#/table_name: expected type: String, found: Integer',
    ],
    [
      'messages that are an object',
      batchBody({ messages: {} }),
      'Request failed validation:#/messages: expected type: JSONArray, found: JSONObject',
    ],
    [
      'a record that breaks its schema',
      withRecord({ id: 'one' }),
      /^Record 0 did not conform to schema: #\/id: expected.*, found: String$/,
    ],
    ['a missing key value', withRecord({ name: 'Finn' }), 'Record is missing key property id'],
    ['a key value of null', withRecord({ id: null }, { schema: {} }), 'Record is missing key property id'],
    [
      'an unknown type',
      batchBody({ schema: { type: 'money' } }),
      'Invalid JSON schema: unknown type: [money]',
    ],
    [
      'a sequence that is too large',
      raw('{"action":"upsert","sequence":9223372036854775808,"data":{"id":1}}'),
      'Request failed validation:#: sequence can not be above 9223372036854775807',
    ],
    [
      'a message without data',
      withMessages({ action: 'upsert', sequence: 1 }),
      /^Request failed validation:#\/messages\/0: #: 0 subschemas matched instead of one .*: required key \[data\] not found/,
    ],
    [
      'another action',
      withMessages(message({ action: 'delete' })),
      /^Request failed validation:#\/messages\/0: /,
    ],
    [
      'another key of a message',
      withMessages(message({ x: 1 })),
      /^Request failed validation:#\/messages\/0: .*\[x\]/,
    ],
    ['no message', withMessages(), /^Request failed validation:#\/messages: /],
    [
      '20,001 messages',
      withMessages(...Array.from({ length: 20_001 }, () => message())),
      /^Request failed validation:#\/messages: .*20000/,
    ],
    ['a key that is an object', withRecord({ id: {} }, { schema: {} }), /id/],
    ['a key that is a list', withRecord({ id: [] }, { schema: {} }), /id/],
    ['a key that is too long', withRecord({ id: 'x'.repeat(256) }, { schema: {} }), /id/],
    ['a remote $ref', batchBody({ schema: { $ref: 'http://127.0.0.1/x' } }), /./],
    ['no JSON', '{', /^Request failed validation:#/],
    ['a list', [], /^Request failed validation:#: expected type: JSONObject, found: JSONArray$/],
    ['invalid UTF-8', Buffer.from('{"table_name":"\xff"}', 'latin1'), /^Request failed validation:#/],
    ['a byte order mark', `\uFEFF${JSON.stringify(batchBody())}`, /^Request failed validation:#/],
    [
      '101 levels',
      raw(`{"action":"upsert","sequence":1,"data":{"id":1,"a":${'['.repeat(97)}${']'.repeat(97)}}}`),
      /deep/,
    ],
    [
      '10,001 values in a record',
      withRecord({ id: 1, list: Array.from({ length: 10_000 }, () => 1) }, { schema: {} }),
      /10000/,
    ],
  ])('%s', async (_what, body, error) => {
    const own = await createImportSource(server);
    const answer = await own.send('batch', body);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.json()).toEqual({
      error: typeof error === 'string' ? error : expect.stringMatching(error),
    });
    expect(await own.acceptedTables()).toEqual([]);
  });
});

test('a source that rejects records one by one takes the others', async () => {
  const own = await createImportSource(server, { properties: { on_invalid: 'reject' } });
  const body = withMessages(message(), message({ data: { id: 'one' } }), message({ data: {} }));
  expect((await own.send('batch', body)).status).toBe(201);
  expect((await own.send('batch', batchBody({ schema: [] }))).status).toBe(400);
  expect(await own.acceptedTables()).toEqual(['customers']);
});

test('a request may ask for the one or the other, whatever its source says', async () => {
  const body = withMessages(message(), message({ data: { id: 'one' } }), message({ data: {} }));
  const refusing = await createImportSource(server);
  const lenient = await refusing.send('batch', body, { prefer: 'handling=lenient' });
  expect(lenient.status).toBe(201);
  expect(lenient.headers).toMatchObject({
    'preference-applied': 'handling=lenient',
    'backstitch-rejected-records': '2',
  });
  const unasked = await refusing.send('batch', batchBody());
  expect(unasked.headers).not.toHaveProperty('preference-applied');
  expect(unasked.headers).not.toHaveProperty('backstitch-rejected-records');
  const rejecting = await createImportSource(server, { properties: { on_invalid: 'reject' } });
  expect((await rejecting.send('batch', body, { prefer: 'handling=strict' })).status).toBe(400);
});

test('accepted batches are listed, newest first, by table', async () => {
  const own = await createImportSource(server);
  for (const table_name of ['a', 'b', 'a']) await own.send('batch', batchBody({ table_name }));
  const list = async (query: string) =>
    (await server.request('GET', `/v4/sources/${own.id}/batches${query}`)).json<Record<string, unknown>[]>();
  expect(await list('')).toEqual(
    ['a', 'b', 'a'].map((table_name) => ({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      table_name,
      state: 'blocked',
      records: 1,
      bytes: expect.any(Number),
      received_at: expect.stringMatching(/Z$/),
      age_seconds: expect.any(Number),
      waits_for: { code: 'unmapped', message: expect.stringContaining('PUT /v4/sources/{id}') },
      last_error: null,
      last_error_details: null,
      load: null,
    })),
  );
  expect(await list('?state=ready')).toEqual([]);
  expect(await list('?state=blocked')).toHaveLength(3);
  expect((await list('?table=b')).map(({ table_name }) => table_name)).toEqual(['b']);
  expect(await list('?limit=1')).toHaveLength(1);
  for (const query of ['?limit=0', '?limit=101', '?limit=x', '?table=a&table=b', '?state=lost'])
    expect((await server.request('GET', `/v4/sources/${own.id}/batches${query}`)).status).toBe(400);
  const deleted = await server.request('DELETE', `/v4/sources/${own.id}`);
  expect(deleted.headers['backstitch-discarded-batches']).toBe('3');
});
