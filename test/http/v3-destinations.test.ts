import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificate } from '../support/certificates.ts';
import { connected, connection, type V3Destination, v3Body } from '../support/http-destinations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const contentType = 'application/json;charset=ISO-8859-1';
const badBody =
  'body must be a map with type = redshift, postgres, or snowflake. required-keys = type, connection';
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres'), connected('redshift'), connected('s3')] });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

async function create(body: unknown = v3Body()): Promise<V3Destination> {
  const answer = await server.request('POST', '/v3/destinations', { body });
  expect(answer.status, answer.text).toBe(200);
  return answer.json();
}

describe('POST /v3/destinations', () => {
  test('answers the v3 object in the key order of the contract, with the check not yet done', async () => {
    const answer = await server.request('POST', '/v3/destinations', { body: v3Body() });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(contentType);
    const destination = answer.json<V3Destination>();
    expect(destination).toEqual({
      id: expect.any(Number),
      type: 'postgres',
      created_at: time,
      updated_at: time,
      connection: { ...connection(), password: '**********' },
      last_check: null,
    });
    expect(Object.keys(destination)).toEqual([
      'id',
      'type',
      'created_at',
      'updated_at',
      'connection',
      'last_check',
    ]);
    expect(Object.keys(destination.connection)).toEqual([
      'host',
      'port',
      'username',
      'database',
      'password',
      'ssl',
    ]);
  });

  test('names the check it started, and the revision', async () => {
    const { headers, ...answer } = await server.request('POST', '/v3/destinations', { body: v3Body() });
    const { id } = answer.json<V3Destination>();
    expect(headers.etag).toBe('"1"');
    expect(headers['backstitch-check']).toMatch(
      new RegExp(`^${server.visitor.accountId}\\.${id}\\.check\\.[0-9a-f-]{36}$`),
    );
  });

  test('takes values of either JSON type and shows them in the natural one', async () => {
    const { connection: shown } = await create(v3Body({ port: '5432', ssl: 'false' }));
    expect(shown).toMatchObject({ port: 5432, ssl: false });
  });

  test('keeps and shows the ssl that the original documents for redshift', async () => {
    const redshift = { type: 'redshift', connection: connection({ port: 5439, ssl: true }) };
    expect((await create(redshift)).connection).toMatchObject({ port: 5439, ssl: true });
  });

  test('makes and shows the sentinel_key of an s3 destination', async () => {
    const s3 = {
      type: 's3',
      connection: {
        s3_bucket: 'com-test-bucket',
        output_file_format: 'csv',
        s3_key_format_string: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].csv',
        csv_delimiter: ',',
        csv_force_quote: true,
      },
    };
    const made = await create(s3);
    expect(made.connection).toMatchObject({
      ...s3.connection,
      sentinel_key: expect.stringMatching(/^stitch-challenge-file-/),
    });
    const list = await server.request('GET', '/v3/destinations');
    expect(list.json<V3Destination[]>().find(({ id }) => id === made.id)?.connection).toEqual(
      made.connection,
    );
  });

  test('escapes what is no ASCII', async () => {
    const { text, body, ...answer } = await server.request('POST', '/v3/destinations', {
      body: v3Body({ database: 'wärehøuse 🏭' }),
    });
    expect(body.every((byte) => byte < 0x80)).toBe(true);
    expect(text).toContain('w\\u00e4reh\\u00f8use \\ud83c\\udfed');
    expect(answer.json<V3Destination>().connection.database).toBe('wärehøuse 🏭');
  });

  test.each([
    ['no body', ''],
    ['no JSON', '{"type":"postgres",'],
    ['a list', '[]'],
    ['a string', '"postgres"'],
    ['null', 'null'],
    ['no type', { connection: {} }],
    ['no connection', { type: 'postgres' }],
    ['a type that is no string', { type: 1, connection: {} }],
    ['a connection that is no map', { type: 'postgres', connection: [] }],
    ['another key', { ...v3Body(), name: 'x' }],
    ['the key of v4', { type: 'postgres', properties: {} }],
    ['a key __proto__', '{"type":"postgres","connection":{},"__proto__":{}}'],
  ])('refuses %s in the words of the contract', async (_what, body) => {
    const answer = await server.request('POST', '/v3/destinations', { body });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe(contentType);
    expect(answer.json()).toBe(badBody);
  });

  test('refuses an unknown type', async () => {
    const answer = await server.request('POST', '/v3/destinations', {
      body: { type: 'oracle', connection: {} },
    });
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({
      error: 'InvalidType',
      message: expect.stringContaining('oracle'),
      data: { message: 'invalid destination type (oracle)' },
    });
  });

  test('refuses a type that this build cannot connect', async () => {
    const answer = await server.request('POST', '/v3/destinations', {
      body: { type: 'dataworld', connection: {} },
    });
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({
      error: 'AccessDenied',
      message: expect.stringContaining('dataworld'),
      data: { message: 'you do not have access to destination type (dataworld)' },
    });
  });

  test('names every bad property, why it is bad, and the form', async () => {
    const answer = await server.request('POST', '/v3/destinations', {
      body: {
        type: 'postgres',
        connection: connection({ port: 'x', host: '', wheel: 1, password: '**********' }),
      },
    });
    expect(answer.status).toBe(400);
    const body = answer.json<{ message: string; data: Record<string, object> }>();
    expect(body).toMatchObject({
      error: 'InvalidProperties',
      data: {
        message: 'properties do not match schema',
        report_card: { type: 'postgres', current_step: 1, current_step_type: 'form' },
      },
    });
    expect(Object.keys(body.data)).toEqual(['message', 'bad_properties', 'report_card', 'reasons']);
    expect(body.data.bad_properties).toEqual(['host', 'password', 'port', 'wheel']);
    expect(Object.keys(body.data.reasons ?? {})).toEqual(['host', 'password', 'port', 'wheel']);
    expect(body.message).toContain('port');
  });
});

describe('PUT /v3/destinations/{id}', () => {
  test('answers the seed in its shape: keys, order, types and content type', async () => {
    const { id } = await create();
    const answer = await server.request('PUT', `/v3/destinations/${id}`, {
      body: v3Body({ database: 'other' }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(contentType);
    expect(answer.rawHeaders).toContain(contentType);
    expect(answer.text).toMatch(
      new RegExp(
        `^\\{"id":${id},"type":"postgres","created_at":"[-\\dT:]{19}Z","updated_at":"[-\\dT:]{19}Z",` +
          '"connection":\\{"host":"db.example.com","port":5432,"username":"loader","database":"other",' +
          '"password":"\\*{10}","ssl":false\\},"last_check":',
      ),
    );
  });

  test('keeps the SSH tunnel and the certificate that the seed does not name', async () => {
    const tunnel = {
      ssl: true,
      sslrootcert: createCertificate({ ca: true }).cert,
      encryption_type: 'ssh',
      encryption_host: 'bastion.example.com',
      encryption_port: 22,
      encryption_username: 'jump',
    };
    const { id } = await create(v3Body(tunnel));
    const answer = await server.request('PUT', `/v3/destinations/${id}`, { body: v3Body({ ssl: true }) });
    expect(answer.status, answer.text).toBe(200);
    const { connection: shown } = answer.json<V3Destination>();
    expect(shown).toMatchObject(tunnel);
    expect(Object.keys(shown).slice(0, 7)).toEqual([
      'host',
      'port',
      'username',
      'database',
      'password',
      'ssl',
      'sslrootcert',
    ]);
  });

  test('leaves the SSH keys out again once the tunnel is gone', async () => {
    const { id } = await create(
      v3Body({
        encryption_type: 'ssh',
        encryption_host: 'bastion.example.com',
        encryption_port: '22',
        encryption_username: 'jump',
      }),
    );
    const answer = await server.request('PUT', `/v3/destinations/${id}`, {
      body: v3Body({ encryption_type: 'none' }),
    });
    expect(answer.json<V3Destination>().connection).toEqual({ ...connection(), password: '**********' });
  });

  test('that changes nothing keeps updated_at and revision, and starts a check all the same', async () => {
    const made = await create();
    const before = await server.request('GET', `/v3/destinations/${made.id}`);
    const answer = await server.request('PUT', `/v3/destinations/${made.id}`, {
      body: v3Body({ password: '**********' }),
    });
    expect(answer.headers.etag).toBe(before.headers.etag);
    expect(answer.headers['backstitch-check']).toMatch(/\.check\./);
    expect(answer.json<V3Destination>().updated_at).toBe(made.updated_at);
  });

  test('wants the required properties that are no credentials', async () => {
    const { id } = await create();
    const { host: _, password: __, ...rest } = connection();
    const answer = await server.request('PUT', `/v3/destinations/${id}`, {
      body: { type: 'postgres', connection: rest },
    });
    expect(answer.status).toBe(400);
    expect(answer.json<{ data: object }>().data).toMatchObject({ bad_properties: ['host'] });
  });

  test('does not change the type', async () => {
    const { id } = await create();
    const answer = await server.request('PUT', `/v3/destinations/${id}`, {
      body: { type: 'redshift', connection: {} },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe(contentType);
    expect(answer.text).toBe('"this API endpoint does not support modifying destination type"');
  });

  test.each([
    '0',
    '-1',
    '1e3',
    '%201',
    '%D9%A1',
    '12345678901234567890',
    '%00',
    'abc',
    '999999999',
    '1%2F2',
    '1.0',
    '+1',
    '01',
    'x'.repeat(2000),
  ])('refuses the id %s', async (id) => {
    const answer = await server.request('PUT', `/v3/destinations/${id}`, { body: v3Body() });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe(contentType);
    expect(answer.text).toBe('"invalid connection id"');
  });

  test('looks at the body, then the id, then the type, then the properties', async () => {
    const { id } = await create();
    const put = async (path: string, body: unknown) =>
      (await server.request('PUT', `/v3/destinations/${path}`, { body })).json();
    expect(await put('abc', '{')).toBe(badBody);
    expect(await put('999999999', { type: 'oracle', connection: { port: 'x' } })).toBe(
      'invalid connection id',
    );
    expect(await put(String(id), { type: 'oracle', connection: { port: 'x' } })).toBe(
      'this API endpoint does not support modifying destination type',
    );
    expect(await put(String(id), { type: 'postgres', connection: { port: 'x' } })).toMatchObject({
      error: 'InvalidProperties',
    });
  });
});

describe('GET', () => {
  test('of the list is an array, oldest first', async () => {
    const visitor = await server.enter();
    expect((await server.request('GET', '/v3/destinations', { as: visitor })).text).toBe('[]');
    const ids: number[] = [];
    for (const database of ['a', 'b', 'c']) {
      const made = await server.request('POST', '/v3/destinations', {
        as: visitor,
        body: v3Body({ database }),
      });
      ids.push(made.json<V3Destination>().id);
    }
    const list = await server.request('GET', '/v3/destinations', { as: visitor });
    expect(list.headers['content-type']).toBe(contentType);
    expect(list.json<V3Destination[]>().map(({ id }) => id)).toEqual(ids);
  });

  test('of one has the last completed check, whose end does not change the ETag', async () => {
    const { id } = await create();
    const waited = await server.request('PUT', `/v3/destinations/${id}`, {
      headers: { prefer: 'wait=20' },
      body: v3Body(),
    });
    const last = { error: false, started_at: time, completed_at: time };
    expect(waited.json<V3Destination>().last_check).toEqual(last);
    expect(Object.keys(waited.json<V3Destination>().last_check ?? {})).toEqual([
      'error',
      'started_at',
      'completed_at',
    ]);
    const one = await server.request('GET', `/v3/destinations/${id}`);
    expect(one.json()).toEqual(waited.json());
    expect(one.headers.etag).toBe('"1"');
  });

  test('and HEAD answer the same headers', async () => {
    const { id } = await create();
    await server.request('PUT', `/v3/destinations/${id}`, { headers: { prefer: 'wait=20' }, body: v3Body() });
    const timeless = ({
      headers: { date, 'x-request-id': requestId, ...rest },
    }: {
      headers: object & Record<string, unknown>;
    }) => rest;
    for (const path of [
      '/v3/destinations',
      `/v3/destinations/${id}`,
      '/v3/nowhere',
      '/v3/destinations/abc',
    ]) {
      const get = await server.request('GET', path);
      const head = await server.request('HEAD', path);
      expect(head.status).toBe(get.status);
      expect(timeless(head)).toEqual(timeless(get));
      expect(head.headers['content-type']).toBe(contentType);
      expect(head.text).toBe('');
    }
  });

  test('of an unknown id is refused like an update of it', async () => {
    const answer = await server.request('GET', '/v3/destinations/999999999');
    expect([answer.status, answer.text]).toEqual([400, '"invalid connection id"']);
  });
});

test.each([
  ['GET', '/v3'],
  ['GET', '/v3/'],
  ['GET', '/v3/nowhere'],
  ['DELETE', '/v3/destinations/1'],
  ['DELETE', '/v3/destinations'],
  ['PATCH', '/v3/destinations/1'],
  ['PUT', '/v3/destinations'],
  ['POST', '/v3/destinations/1'],
  ['OPTIONS', '/v3/destinations'],
  ['PROPFIND', '/v3/destinations'],
  ['GET', '/v3//destinations'],
  ['GET', '/v3/destinations/%zz'],
  ['GET', '/V3/destinations/'],
])('%s %s is a 404', async (method, path) => {
  const answer = await server.request(method, path);
  expect(answer.status).toBe(404);
  expect(answer.json()).toEqual({ error: 'NotFound', message: expect.any(String) });
  if (path.startsWith('/v3')) expect(answer.headers['content-type']).toBe(contentType);
});

test('a slash after the collection or the id makes no difference', async () => {
  const { id } = await create();
  expect((await server.request('GET', '/v3/destinations/')).status).toBe(200);
  expect((await server.request('GET', `/v3/destinations/${id}/`)).status).toBe(200);
  expect((await server.request('PUT', `/v3/destinations/${id}/`, { body: v3Body() })).status).toBe(200);
});
