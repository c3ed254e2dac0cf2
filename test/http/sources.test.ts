import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/http/ops/openapi.ts';
import { connected } from '../support/http-destinations.ts';
import {
  missingId,
  objectFailure,
  type SourceClient,
  sourceClient,
  sourceReportCard,
  type V4Source,
} from '../support/source-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const badPost =
  'POST body may only include a non-empty type, a non-empty display_name and map of string properties';
const badPut = 'PUT body many only include the keys: display_name, properties, and paused_at';
const badName =
  'The name field must be under 50 characters, and can only contain lowercase letters, numbers, underscores, or dollar signs. It must begin with a letter or an underscore.';
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let server: TestServer;
let client: SourceClient;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
  client = sourceClient(server);
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

describe('POST /v4/sources', () => {
  test('answers the source as the contract describes it', async () => {
    const answer = await server.request('POST', '/v4/sources', {
      body: { type: 'import_api', display_name: 'Import API' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual({
      id: expect.any(Number),
      stitch_client_id: server.visitor.accountId,
      type: 'import_api',
      display_name: 'Import API',
      name: 'import_api',
      properties: {},
      schedule: null,
      check_job_name: null,
      destination_id: null,
      paused_at: null,
      system_paused_at: null,
      created_at: time,
      updated_at: time,
      deleted_at: null,
      report_card: sourceReportCard,
    });
  });

  test('keeps the property of ours, and no other', async () => {
    expect((await client.create({ properties: { on_invalid: 'reject' } })).properties).toEqual({
      on_invalid: 'reject',
    });
  });

  test.each([
    ['no JSON', '{'],
    ['a list', []],
    ['no type', { display_name: 'x' }],
    ['an empty type', { type: '', display_name: 'x' }],
    ['no display_name', { type: 'import_api' }],
    ['an empty display_name', { type: 'import_api', display_name: '' }],
    ['a blank display_name', { type: 'import_api', display_name: ' ' }],
    ['a display_name that is no string', { type: 'import_api', display_name: 1 }],
    ['properties that are no map', { type: 'import_api', display_name: 'x', properties: [] }],
    ['another key', { type: 'import_api', display_name: 'x', paused_at: null }],
    ['a destination_id that is no id', { type: 'import_api', display_name: 'x', destination_id: '1' }],
  ])('refuses %s in the words of the contract', async (_what, body) => {
    const answer = await client.call('POST', '/v4/sources', body);
    expect(answer).toMatchObject({ status: 400, body: objectFailure('InvalidBody', badPost) });
  });

  test.each([
    ['oracle', objectFailure('InvalidType', 'invalid source type (oracle)')],
    ['platform.nothing', objectFailure('InvalidType', 'invalid source type (platform.nothing)')],
    [
      'platform.hubspot',
      objectFailure('AccessDenied', 'you do not have access to source type (platform.hubspot)'),
    ],
  ])('refuses the type %s', async (type, body) => {
    expect(await client.call('POST', '/v4/sources', { type, display_name: 'x' })).toMatchObject({
      status: 400,
      body,
    });
    expect(await client.call('GET', `/v4/source-types/${type}`)).toMatchObject({ status: 400, body });
  });

  test.each([
    [
      '####',
      objectFailure('InvalidDisplayName', 'invalid name after deriving it from display_name (#### -> )'),
    ],
    ['a\u0000b', objectFailure('InvalidDisplayName', 'invalid display_name (a\u0000b)')],
    ['2nd source', objectFailure('InvalidName', badName)],
    ['x'.repeat(50), objectFailure('InvalidName', badName)],
  ])('refuses the display_name %j', async (display_name, body) => {
    expect(await client.call('POST', '/v4/sources', { type: 'import_api', display_name })).toMatchObject({
      status: 400,
      body,
    });
  });

  test('refuses a name that a living source of the account has', async () => {
    const body = (display_name: string) => ({ type: 'import_api', display_name });
    const first = await client.create({ display_name: 'Taken Name' });
    expect(await client.call('POST', '/v4/sources', body('Taken Name'))).toMatchObject({
      status: 400,
      body: objectFailure('InvalidName', 'non-unique name (taken_name)'),
    });
    expect(await client.call('POST', '/v4/sources', body('TAKEN NAME!!!'))).toMatchObject({
      status: 400,
      body: objectFailure(
        'InvalidName',
        'non-unique name after deriving it from display_name (TAKEN NAME!!! -> taken_name)',
      ),
    });
    const stranger = await server.enter();
    expect(await client.call('POST', '/v4/sources', body('Taken Name'), stranger)).toMatchObject({
      status: 200,
    });
    await client.call('DELETE', `/v4/sources/${first.id}`);
    expect(await client.call('POST', '/v4/sources', body('Taken Name'))).toMatchObject({ status: 200 });
  });

  test.each([
    { frequency_in_minutes: '60' },
    { on_invalid: 'maybe' },
    { on_invalid: '' },
    { on_invalid: true },
  ])('refuses the properties %j', async (properties) => {
    const answer = await client.call('POST', '/v4/sources', {
      type: 'import_api',
      display_name: 'x',
      properties,
    });
    const facts = {
      bad_properties: Object.keys(properties),
      report_card: sourceReportCard,
      reasons: expect.any(Object),
    };
    expect(answer).toMatchObject({
      status: 400,
      body: objectFailure('InvalidProperties', 'properties do not match schema', facts),
    });
  });

  test('runs once for an Idempotency-Key', async () => {
    const body = { type: 'import_api', display_name: 'Only once' };
    const headers = { 'idempotency-key': 'a-key-of-a-test' };
    const first = await server.request('POST', '/v4/sources', { body, headers });
    const again = await server.request('POST', '/v4/sources', { body, headers });
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });
});

describe('reading sources', () => {
  test('lists them oldest first, deleted ones included', async () => {
    const visitor = await server.enter();
    const first = await client.create({}, visitor);
    const second = await client.create({}, visitor);
    await client.call('DELETE', `/v4/sources/${first.id}`, undefined, visitor);
    const { body } = await client.call('GET', '/v4/sources', undefined, visitor);
    expect(body).toMatchObject([
      { id: first.id, deleted_at: time },
      { id: second.id, deleted_at: null },
    ]);
    expect(await client.call('GET', `/v4/sources/${first.id}`, undefined, visitor)).toMatchObject({
      status: 200,
      body: { id: first.id, deleted_at: time },
    });
  });
});

describe('PUT /v4/sources/{id}', () => {
  test('changes what is given, and never the name', async () => {
    const source = await client.create({ properties: { on_invalid: 'reject' } });
    const answer = await client.call('PUT', `/v4/sources/${source.id}`, { display_name: 'Something else' });
    expect(answer.body).toEqual({ ...source, display_name: 'Something else', updated_at: time });
  });

  test('pauses with any time, and unpauses with null', async () => {
    const { id } = await client.create();
    for (const [paused_at, shown] of [
      ['2019-06-01T00:00:00Z', '2019-06-01T00:00:00Z'],
      ['2119-06-01', '2119-06-01T00:00:00Z'],
      ['2019-06-01T00:00:00.123+02:00', '2019-05-31T22:00:00Z'],
      [null, null],
    ])
      expect(await client.call('PUT', `/v4/sources/${id}`, { paused_at })).toMatchObject({
        status: 200,
        body: { paused_at: shown },
      });
  });

  test('merges properties; null clears one', async () => {
    const { id } = await client.create({ properties: { on_invalid: 'reject' } });
    const put = async (properties: object) =>
      ((await client.call('PUT', `/v4/sources/${id}`, { properties })).body as V4Source).properties;
    expect(await put({})).toEqual({ on_invalid: 'reject' });
    expect(await put({ on_invalid: null })).toEqual({});
  });

  test.each([
    ['no JSON', '{'],
    ['another key', { type: 'import_api' }],
    ['the derived name', { name: 'x' }],
    ['a display_name that is no string', { display_name: null }],
    ['properties that are no map', { properties: 'x' }],
    ['a paused_at that is no time', { paused_at: 'now' }],
    ['a paused_at that is a number', { paused_at: 1 }],
    ['a destination_id that is no id', { destination_id: 1.5 }],
  ])('refuses %s in the words of the contract', async (_what, body) => {
    const { id } = await client.create();
    expect(await client.call('PUT', `/v4/sources/${id}`, body)).toMatchObject({
      status: 400,
      body: objectFailure('InvalidBody', badPut),
    });
  });

  test('refuses a display_name that cannot be shown', async () => {
    const { id } = await client.create();
    expect(await client.call('PUT', `/v4/sources/${id}`, { display_name: '' })).toMatchObject({
      status: 400,
      body: objectFailure('InvalidDisplayName', 'invalid display_name ()'),
    });
  });
});

describe('DELETE /v4/sources/{id}', () => {
  test('answers the source, and says how many batches it discards', async () => {
    const { id } = await client.create();
    const answer = await client.call('DELETE', `/v4/sources/${id}`);
    expect(answer).toMatchObject({
      status: 200,
      body: { id, deleted_at: time, report_card: sourceReportCard },
    });
    expect(answer.headers['backstitch-discarded-batches']).toBe('0');
  });

  test('of what is deleted already finds nothing', async () => {
    const { id } = await client.create();
    await client.call('DELETE', `/v4/sources/${id}`);
    const notFound = { status: 400, body: objectFailure('InvalidId', `source not found (${id})`) };
    expect(await client.call('DELETE', `/v4/sources/${id}`)).toMatchObject(notFound);
    expect(await client.call('PUT', `/v4/sources/${id}`, { paused_at: null })).toMatchObject(notFound);
    expect(await client.call('POST', `/v4/sources/${id}/tokens`)).toMatchObject(notFound);
  });
});

describe('what belongs to another account', () => {
  const calls = operations
    .filter(({ path }) => path.startsWith('/v4/sources/{id}'))
    .map(({ method, path }) => [method.toUpperCase(), path.replace(/\{token\}|\{replay\}/, '1')] as const);
  const bodyOf = (method: string) => (method === 'PUT' ? { body: { display_name: 'Taken over' } } : {});

  test.each(calls)('answers %s %s as if it did not exist', async (method, path) => {
    const stranger = await server.enter();
    const foreign = await client.create({}, stranger);
    const ask = async (id: number) => {
      const answer = await server.request(method, path.replace('{id}', String(id)), {
        headers: { 'x-request-id': 'same' },
        ...bodyOf(method),
      });
      const { date, 'content-length': length, ...headers } = answer.headers;
      return { status: answer.status, headers, text: answer.text.replaceAll(String(id), 'ID') };
    };
    const forMissing = await ask(missingId);
    expect(forMissing.status).toBe(400);
    expect(JSON.parse(forMissing.text)).toMatchObject(objectFailure('InvalidId', 'source not found (ID)'));
    expect(await ask(foreign.id)).toEqual(forMissing);
    expect(await client.call('GET', `/v4/sources/${foreign.id}`, undefined, stranger)).toMatchObject({
      body: foreign,
    });
  });

  test.each(calls)('answers %s %s with letters in the same words', async (method, path) => {
    expect(await client.call(method, path.replace('{id}', 'abc'), bodyOf(method).body)).toMatchObject({
      status: 400,
      body: objectFailure('InvalidId', 'source not found (abc)'),
    });
  });
});
