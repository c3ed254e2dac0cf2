import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected, connection, type V4Destination, v4Body } from '../support/http-destinations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const contentType = 'application/json; charset=utf-8';
const badPost =
  'POST body may only include a type, a name, a description, map of properties, and boolean for unmapped sources';
const badPut = 'PUT body may only include a name, a description, and map of properties';
const badGet = 'GET may only include the params: source_id and/or destination_id';
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres'), connected('redshift'), connected('s3')] });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

async function create(body: unknown = v4Body()): Promise<V4Destination> {
  const answer = await server.request('POST', '/v4/destinations', { body });
  expect(answer.status, answer.text).toBe(200);
  return answer.json();
}

describe('POST /v4/destinations', () => {
  test('answers the v4 object: strings, no credentials, the report card', async () => {
    const answer = await server.request('POST', '/v4/destinations', { body: v4Body() });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(contentType);
    expect(answer.headers.etag).toBe('"1"');
    const made = answer.json<V4Destination>();
    expect(made).toEqual({
      id: expect.any(Number),
      stitch_client_id: server.visitor.accountId,
      type: 'postgres',
      name: expect.stringMatching(/^PostgreSQL/),
      description: null,
      display_name: null,
      properties: {
        database: 'warehouse',
        encryption_type: 'none',
        host: 'db.example.com',
        port: '5432',
        ssl: 'false',
        username: 'loader',
      },
      check_job_name: answer.headers['backstitch-check'],
      paused_at: null,
      system_paused_at: null,
      created_at: time,
      updated_at: time,
      deleted_at: null,
      report_card: {
        type: 'postgres',
        current_step: 2,
        current_step_type: 'fully_configured',
        steps: [expect.any(Object), { type: 'fully_configured', properties: [] }],
      },
    });
    expect(Object.keys(made)).toEqual([
      'id',
      'stitch_client_id',
      'type',
      'name',
      'description',
      'display_name',
      'properties',
      'check_job_name',
      'paused_at',
      'system_paused_at',
      'created_at',
      'updated_at',
      'deleted_at',
      'report_card',
    ]);
    expect(answer.headers['backstitch-check']).toMatch(
      new RegExp(`^${server.visitor.accountId}\\.${made.id}\\.check\\.[0-9a-f-]{36}$`),
    );
  });

  test('takes a name, a description and the word about unmapped sources', async () => {
    const made = await create({
      ...v4Body(),
      name: 'Stäging',
      description: 'For tests.',
      ignore_unmapped_sources: true,
    });
    expect(made).toMatchObject({ name: 'Stäging', description: 'For tests.' });
  });

  test('is the only answer that shows a sentinel_key', async () => {
    const made = await create({
      type: 's3',
      properties: {
        s3_bucket: 'com-test-bucket',
        output_file_format: 'csv',
        s3_key_format_string: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].csv',
        csv_delimiter: ',',
        csv_force_quote: 'true',
      },
    });
    expect(made.properties.sentinel_key).toMatch(/^stitch-challenge-file-/);
    const again = await server.request('GET', `/v4/destinations/${made.id}`);
    expect(again.json<V4Destination>().properties).not.toHaveProperty('sentinel_key');
    const put = await server.request('PUT', `/v4/destinations/${made.id}`, { body: {} });
    expect(put.json<V4Destination>().properties).not.toHaveProperty('sentinel_key');
  });

  test.each([
    ['no body', ''],
    ['no JSON', '{'],
    ['a list', '[{}]'],
    ['no type', { properties: {} }],
    ['no properties', { type: 'postgres' }],
    ['the key of v3', { type: 'postgres', connection: {} }],
    ['another key', { ...v4Body(), paused_at: null }],
    ['a name that is no string', { ...v4Body(), name: 1 }],
    ['an empty name', { ...v4Body(), name: '' }],
    ['a name with a control character', { ...v4Body(), name: 'a\0b' }],
    ['a very long name', { ...v4Body(), name: 'x'.repeat(256) }],
    ['a description that is no string', { ...v4Body(), description: {} }],
    ['half a surrogate pair', '{"type":"postgres","properties":{},"description":"\\ud800"}'],
    ['a word about sources that is no boolean', { ...v4Body(), ignore_unmapped_sources: 'true' }],
  ])('refuses %s in the words of the contract', async (_what, body) => {
    const answer = await server.request('POST', '/v4/destinations', { body });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe(contentType);
    expect(answer.json()).toBe(badPost);
  });

  test('refuses unknown and unavailable types', async () => {
    const post = async (type: string) =>
      (await server.request('POST', '/v4/destinations', { body: { type, properties: {} } })).json();
    expect(await post('oracle')).toEqual({
      error: 'InvalidType',
      message: expect.any(String),
      data: { message: 'invalid destination type (oracle)' },
    });
    expect(await post('dataworld')).toEqual({
      error: 'AccessDenied',
      message: expect.any(String),
      data: { message: 'you do not have access to destination type (dataworld)' },
    });
    expect(await post('__proto__')).toMatchObject({ error: 'InvalidType' });
  });

  test('names the bad properties', async () => {
    const answer = await server.request('POST', '/v4/destinations', {
      body: v4Body({ port: 'x', ssl: 'perhaps' }),
    });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      error: 'InvalidProperties',
      message: expect.stringContaining('port'),
      data: {
        message: 'properties do not match schema',
        bad_properties: ['port', 'ssl'],
        report_card: { type: 'postgres' },
      },
    });
  });

  test('stops at the limit of the account', async () => {
    const limited = await server.enter();
    await server.store.accounts.setQuota(limited.accountId, { destinationLimit: 1 });
    const post = async (version: string, body: unknown) =>
      await server.request('POST', `/${version}/destinations`, { as: limited, body });
    expect((await post('v4', v4Body())).status).toBe(200);
    for (const answer of [
      await post('v4', v4Body()),
      await post('v3', { type: 'postgres', connection: connection() }),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.text).toBe('"you are at your destination limit"');
    }
  });
});

describe('GET /v4/destinations', () => {
  test('lists what there is, or the one that is asked for', async () => {
    const visitor = await server.enter();
    const get = async (query: string) =>
      (await server.request('GET', `/v4/destinations${query}`, { as: visitor })).text;
    expect(await get('')).toBe('[]');
    const bodies = [v4Body(), v4Body({ database: 'other' })];
    const [first, second] = await Promise.all(
      bodies.map(async (body) =>
        (await server.request('POST', '/v4/destinations', { as: visitor, body })).json<V4Destination>(),
      ),
    );
    const ids = (text: string) => (JSON.parse(text) as V4Destination[]).map(({ id }) => id);
    const oldestFirst = [first!.id, second!.id].sort((a, b) => a - b);
    expect(ids(await get(''))).toEqual(oldestFirst);
    expect(ids(await get(`?destination_id=${second!.id}`))).toEqual([second!.id]);
    expect(await get('?destination_id=999999999')).toBe('[]');
    expect(await get('?source_id=1')).toBe('[]');
    expect(await get(`?source_id=1&destination_id=${second!.id}`)).toBe('[]');
  });

  test.each([
    'page=1',
    'id=1',
    'destination_id=abc',
    'destination_id=',
    'destination_id=0',
    'destination_id=1&destination_id=2',
    'source_id=1e3',
    'source_id=-1',
    'destination_id=1&x',
    '__proto__=1',
    'destination_id[]=1',
    'destination_id=%00',
  ])('refuses ?%s', async (query) => {
    const answer = await server.request('GET', `/v4/destinations?${query}`);
    expect([answer.status, answer.json()]).toEqual([400, badGet]);
  });
});

describe('PUT /v4/destinations/{id}', () => {
  test('changes what is given and nothing else', async () => {
    const made = await create({ ...v4Body(), name: 'Before', description: 'Stays.' });
    const answer = await server.request('PUT', `/v4/destinations/${made.id}`, {
      body: { name: 'After', properties: { database: 'other' } },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).toBe('"2"');
    expect(answer.json()).toMatchObject({
      name: 'After',
      description: 'Stays.',
      properties: { ...made.properties, database: 'other' },
    });
  });

  test('takes the type it has, clears a description, and changes nothing without keys', async () => {
    const made = await create({ ...v4Body(), description: 'Goes.' });
    const put = async (body: unknown) => await server.request('PUT', `/v4/destinations/${made.id}`, { body });
    expect((await put({ type: 'postgres', description: null })).json()).toMatchObject({ description: null });
    const unchanged = await put({});
    expect([unchanged.status, unchanged.headers.etag]).toEqual([200, '"2"']);
    expect(unchanged.headers['backstitch-check']).toMatch(/\.check\./);
  });

  test.each([
    ['no body', ''],
    ['no JSON', 'properties'],
    ['a list', '[]'],
    ['another key', { id: 5 }],
    ['read-only keys', { stitch_client_id: 1, created_at: 'x' }],
    ['the word about sources', { ignore_unmapped_sources: true }],
    ['properties that are no map', { properties: 'x' }],
    ['null for properties', { properties: null }],
    ['null for the name', { name: null }],
    ['a type that is no string', { type: 5 }],
  ])('refuses %s in the words of the contract', async (_what, body) => {
    const { id } = await create();
    const answer = await server.request('PUT', `/v4/destinations/${id}`, { body });
    expect([answer.status, answer.json()]).toEqual([400, badPut]);
  });

  test('does not change the type', async () => {
    const { id } = await create();
    const answer = await server.request('PUT', `/v4/destinations/${id}`, { body: { type: 'redshift' } });
    expect([answer.status, answer.text]).toEqual([
      400,
      '"this API endpoint does not support modifying destination type"',
    ]);
  });

  test.each(['0', '-1', '1e3', '%201', '%D9%A1', '12345678901234567890', '%00', 'abc', '999999999'])(
    'refuses the id %s',
    async (id) => {
      const answer = await server.request('PUT', `/v4/destinations/${id}`, { body: {} });
      expect([answer.status, answer.text]).toEqual([400, '"invalid connection id"']);
    },
  );
});

describe('DELETE /v4/destinations/{id}', () => {
  test('answers {}, and from then on there is none', async () => {
    const { id } = await create();
    const { accountId } = server.visitor;
    const answer = await server.request('DELETE', `/v4/destinations/${id}`, {
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, '{}', contentType]);
    const again = await server.request('DELETE', `/v4/destinations/${id}`);
    expect([again.status, again.json()]).toEqual([
      400,
      `Unable to locate dest (${id}) for client (${accountId}) to delete`,
    ]);
    const put = await server.request('PUT', `/v4/destinations/${id}`, { body: {} });
    expect(put.text).toBe('"invalid connection id"');
    const list = await server.request('GET', '/v4/destinations');
    expect(list.json<V4Destination[]>().map((one) => one.id)).not.toContain(id);
  });

  test.each(['0', '999999999', '12345678901234567890', '007'])('cannot locate %s', async (id) => {
    const answer = await server.request('DELETE', `/v4/destinations/${id}`);
    expect([answer.status, answer.json()]).toEqual([
      400,
      `Unable to locate dest (${id}) for client (${server.visitor.accountId}) to delete`,
    ]);
  });

  test.each(['', 'abc', '1a', '-1', '%D9%A1', '%00'])('with the id "%s" is a 404', async (id) => {
    const answer = await server.request('DELETE', `/v4/destinations/${id}`);
    expect([answer.status, answer.json()]).toEqual([404, { error: 'NotFound', message: expect.any(String) }]);
  });

  test('ignores a body', async () => {
    for (const body of ['{}', 'not JSON']) {
      const { id } = await create();
      expect((await server.request('DELETE', `/v4/destinations/${id}`, { body })).text).toBe('{}');
    }
  });
});

test.each([
  ['PATCH', '/v4/destinations/1'],
  ['PUT', '/v4/destinations'],
  ['GET', '/v4'],
  ['GET', '/v4/sources-and-sinks'],
  ['POST', '/v4/destination-types'],
  ['GET', '/v4/destinations/%zz'],
  ['GET', '/nowhere'],
])('%s %s is a 404', async (method, path) => {
  const answer = await server.request(method, path);
  expect(answer.status).toBe(404);
  expect(answer.headers['content-type']).toBe(contentType);
  expect(answer.json()).toEqual({ error: 'NotFound', message: expect.any(String) });
});
