import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batchBody, createImportSource, type ImportSource, pushRecord } from '../support/import-source.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Whatever a request to the Import API may have that is not its records: tokens, types, encodings, sizes, keys. */
const megabyte = 1024 * 1024;
const largest = 20 * megabyte;
const accepted = { status: 'OK', message: 'Batch Accepted!' };
const notAuthorized = { message: 'Not Authorized' };
const notActive = { error: 'Forbidden', errors: { error: 'Connection is not active.' } };

let server: TestServer;
let source: ImportSource;
beforeAll(async () => {
  server = await startTestServer({ settings: { failedLoginsPerMinute: 10_000 } });
  source = await createImportSource(server);
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

/** A body that each call accepts. */
const goodBody = (call: 'batch' | 'push' | 'validate', of: ImportSource = source) =>
  call === 'batch' ? batchBody() : [pushRecord(of)];
const calls = ['batch', 'push', 'validate'] as const;

describe('GET /v2/import/status', () => {
  test('says that records can come in, to anybody', async () => {
    const answer = await server.request('GET', '/v2/import/status', { headers: { authorization: '' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual({
      name: 'pipeline.gate',
      version: expect.any(String),
      revision: expect.any(String),
      status: 'OK',
      reason: null,
    });
  });

  test('says why they cannot', async () => {
    await using stopping = await startTestServer({
      settings: { unreadyReason: () => 'The server is stopping.' },
    });
    const answer = await stopping.request('GET', '/v2/import/status');
    expect([answer.status, answer.json()]).toMatchObject([
      503,
      { status: 'ERROR', reason: 'The server is stopping.' },
    ]);
    expect(answer.headers['retry-after']).toBe('5');
  });
});

describe('a token', () => {
  test.each(['Bearer ', 'bearer ', ''])('works after %j', async (scheme) => {
    for (const call of calls) {
      const answer = await source.send(call, goodBody(call), { authorization: `${scheme}${source.token}` });
      expect(answer.status, answer.text).toBe(call === 'validate' ? 200 : 201);
    }
  });

  test.each([
    ['that is missing', ''],
    ['that is unknown', 'Bearer at_unknown'],
    ['of another scheme', 'Basic YTpi'],
  ])('%s is a 401', async (_what, authorization) => {
    for (const call of calls) {
      const answer = await source.send(call, goodBody(call), { authorization });
      expect([answer.status, answer.json()]).toEqual([401, notAuthorized]);
    }
  });

  test('that was revoked is a 401 at once', async () => {
    const own = await createImportSource(server);
    expect((await own.send('batch', batchBody())).status).toBe(201);
    const [tokenId] = (await server.request('GET', `/v4/sources/${own.id}/tokens`)).json<number[]>();
    await server.request('DELETE', `/v4/sources/${own.id}/tokens/${tokenId}`);
    const answer = await own.send('batch', batchBody());
    expect([answer.status, answer.json()]).toEqual([401, notAuthorized]);
  });

  test('of a source that is paused is refused until it is unpaused', async () => {
    const own = await createImportSource(server);
    await own.update({ paused_at: '2019-06-01T00:00:00Z' });
    for (const call of calls) {
      const answer = await own.send(call, goodBody(call));
      expect([answer.status, answer.json()]).toEqual([401, notActive]);
    }
    await own.update({ paused_at: null });
    expect((await own.send('batch', batchBody())).status).toBe(201);
  });

  test('of a source that is deleted is refused', async () => {
    const own = await createImportSource(server);
    await own.delete();
    for (const call of calls) {
      const answer = await own.send(call, goodBody(call));
      expect([answer.status, answer.json()]).toEqual([401, notActive]);
    }
  });

  test('of the account works on push and validate where one source is active', async () => {
    const as = await server.enter();
    const authorization = { authorization: `Bearer ${as.token}` };
    const first = await createImportSource(server, { as });
    const send = async (call: 'batch' | 'push' | 'validate') => {
      const answer = await first.send(call, goodBody(call, first), authorization);
      return [answer.status, answer.json()];
    };
    const forbidden = { status: 'ERROR', error: 'Forbidden', errors: { error: expect.any(String) } };
    expect(await send('push')).toEqual([201, accepted]);
    expect(await send('validate')).toEqual([200, { status: 'OK', message: 'Batch is valid!' }]);
    expect(await send('batch')).toEqual([401, notAuthorized]);
    const second = await createImportSource(server, { as });
    expect(await send('push')).toEqual([403, forbidden]);
    await second.update({ paused_at: '2019-06-01' });
    expect(await send('push')).toEqual([201, accepted]);
    await first.delete();
    expect(await send('validate')).toEqual([403, forbidden]);
    expect(await second.acceptedTables()).toEqual([]);
  });
});

test('a limit that is used up is a 503, since senders give up on a 429', async () => {
  // The source and its token take two of the account's token.
  await using limited = await startTestServer({ settings: { requestsPerMinute: 2 } });
  const own = await createImportSource(limited);
  for (const status of [201, 201, 503]) expect((await own.send('batch', batchBody())).status).toBe(status);
  const answer = await own.send('push', [pushRecord(own)]);
  expect(answer.json()).toEqual({ status: 'ERROR', message: expect.stringMatching(/; try again later$/) });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});

describe('a content type', () => {
  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
    '%s is JSON',
    async (type) => {
      for (const call of calls)
        expect((await source.send(call, goodBody(call), { 'content-type': type })).status).toBeLessThan(300);
    },
  );

  test.each(['', 'text/plain', 'application/x-www-form-urlencoded', 'application/transit+json'])(
    '%j is a 415 of batch',
    async (type) => {
      const answer = await source.send('batch', batchBody(), { 'content-type': type });
      expect([answer.status, answer.json()]).toEqual([415, 'Content-Type must be application/json']);
    },
  );

  test('other than JSON and Transit is a 415 of push and validate', async () => {
    for (const call of ['push', 'validate'] as const) {
      const answer = await source.send(call, goodBody(call), { 'content-type': 'application/xml; a=b' });
      const message =
        'Unsupported content-type application/xml. Please send application/json or application/transit+json';
      expect([answer.status, answer.json()]).toEqual([415, { status: 'ERROR', message }]);
    }
  });

  test('may be Transit on push and validate', async () => {
    const record = [
      '^ ',
      ...Object.entries(pushRecord(source)).flatMap(([key, value]) => [key, transit(value)]),
    ];
    for (const [call, status] of [
      ['push', 201],
      ['validate', 200],
    ] as const) {
      const answer = await source.send(call, [record], { 'content-type': 'application/transit+json' });
      expect(answer.status, answer.text).toBe(status);
    }
  });
});

/** Maps are lists in Transit. */
const transit = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? ['^ ', ...Object.entries(value).flat()]
    : value;

describe('a content encoding', () => {
  const encodings = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['zstd', zstdCompressSync],
    ['identity', (text: string) => Buffer.from(text)],
  ] as const;

  test.each(encodings)('%s is understood', async (encoding, encode) => {
    for (const call of calls) {
      const body = encode(JSON.stringify(goodBody(call)));
      const answer = await source.send(call, body, { 'content-encoding': encoding });
      expect(answer.status, answer.text).toBe(call === 'validate' ? 200 : 201);
    }
  });

  test.each(['br', 'deflate', 'gzip, gzip', 'gzip, zstd', 'constructor'])('%s is a 415', async (encoding) => {
    for (const call of calls) {
      const answer = await source.send(call, goodBody(call), { 'content-encoding': encoding });
      expect(answer.status).toBe(415);
      expect(JSON.stringify(answer.json())).toContain('gzip or zstd');
    }
  });

  test.each([
    ['gzip', Buffer.from('no gzip')],
    ['gzip', gzipSync(JSON.stringify(batchBody())).subarray(0, 30)],
    ['zstd', Buffer.from('no zstd')],
    ['zstd', zstdCompressSync(JSON.stringify(batchBody())).subarray(0, 30)],
  ])('%s that is damaged is a 400', async (encoding, body) => {
    const batch = await source.send('batch', body, { 'content-encoding': encoding });
    const error = `Request failed validation:#: it is no valid ${encoding}`;
    expect([batch.status, batch.json()]).toEqual([400, { error }]);
    const push = await source.send('push', body, { 'content-encoding': encoding });
    expect([push.status, push.json()]).toEqual([
      400,
      {
        status: 'ERROR',
        message: 'Malformed json in the body!',
        error: `it is no valid ${encoding}`,
        input: null,
      },
    ]);
  });
});

describe('a size', () => {
  /** A batch of exactly so many bytes. */
  const batchOf = (bytes: number): string => {
    const text = (name: string) =>
      JSON.stringify(batchBody({ messages: [{ action: 'upsert', sequence: 1, data: { id: 1, name } }] }));
    return text('x'.repeat(bytes - text('').length));
  };
  const tooLarge = (bytes: unknown) => ({
    status: 'ERROR',
    message: `Request rejected: request size (${bytes} bytes) exceeds the maximum`,
  });

  test('of 20 MB is accepted, announced, in chunks and inflated', async () => {
    const body = batchOf(largest);
    for (const [sent, headers] of [
      [body, {}],
      [body, { 'transfer-encoding': 'chunked' }],
      [gzipSync(body), { 'content-encoding': 'gzip' }],
    ] as const)
      expect((await source.send('batch', sent, headers)).status).toBe(201);
  });

  test('announced as more is refused before any of it is sent', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      `POST /v2/import/batch HTTP/1.1\r\nHost: x\r\nAuthorization: ${source.token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${largest + 1}\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer.toString()).toContain(JSON.stringify(tooLarge(largest + 1)));
  });

  test.each([
    ['in chunks', batchOf(largest + 1), { 'transfer-encoding': 'chunked' }],
    ['after inflation', gzipSync(batchOf(largest + 1)), { 'content-encoding': 'gzip' }],
    [
      'after inflation of a bomb',
      zstdCompressSync(Buffer.alloc(100 * megabyte)),
      { 'content-encoding': 'zstd' },
    ],
  ])('of more is refused %s', async (_how, body, headers) => {
    for (const call of calls) {
      const answer = await source.send(call, body, headers);
      expect(answer.status).toBe(413);
      expect(answer.json<{ message: string }>().message).toMatch(
        /^Request rejected: request size \(\d+ bytes\) exceeds the maximum$/,
      );
    }
  });

  test('of nothing is no JSON', async () => {
    const batch = await source.send('batch', '');
    expect([batch.status, batch.json()]).toEqual([
      400,
      { error: expect.stringMatching(/^Request failed validation:#/) },
    ]);
    const push = await source.send('push', '');
    expect([push.status, push.json()]).toMatchObject([400, { message: 'Malformed json in the body!' }]);
  });

  test('for which there is no room is a 503 that says when to come again', async () => {
    await using small = await startTestServer({ intake: { bytesInFlight: 1000, roomMilliseconds: 1 } });
    const own = await createImportSource(small);
    const answer = await own.send('batch', batchOf(1001));
    expect(answer.status).toBe(503);
    expect(answer.json()).toEqual({ status: 'ERROR', message: expect.stringMatching(/; try again later$/) });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await own.send('batch', batchOf(1000))).status).toBe(201);
  });

  test('that is more than it said at first gives its room back', async () => {
    await using small = await startTestServer({ intake: { bytesInFlight: megabyte, roomMilliseconds: 1 } });
    const own = await createImportSource(small);
    for (let round = 0; round < 3; round++) {
      const bomb = gzipSync(Buffer.alloc(4 * megabyte));
      expect((await own.send('batch', bomb, { 'content-encoding': 'gzip' })).status).toBe(503);
    }
    expect((await own.send('batch', batchOf(megabyte))).status).toBe(201);
  });
});

describe('an Idempotency-Key', () => {
  test('stores the same body once', async () => {
    const own = await createImportSource(server);
    const key = { 'idempotency-key': 'one' };
    const first = await own.send('batch', batchBody(), key);
    const again = await own.send('batch', batchBody(), key);
    expect([first.status, first.json()]).toEqual([201, accepted]);
    expect([again.status, again.json()]).toEqual([201, accepted]);
    expect([first, again].map(({ headers }) => headers['idempotency-replayed'])).toEqual([undefined, 'true']);
    expect(await own.acceptedTables()).toEqual(['customers']);
  });

  test('used for another body is a 422', async () => {
    const own = await createImportSource(server);
    const key = { 'idempotency-key': 'two' };
    await own.send('push', [pushRecord(own)], key);
    const other = await own.send('push', [pushRecord(own, { sequence: 2 })], key);
    expect([other.status, other.json()]).toEqual([
      422,
      { status: 'ERROR', message: expect.stringContaining('another body') },
    ]);
    expect(await own.acceptedTables()).toEqual(['customers']);
  });

  test('belongs to its source', async () => {
    const key = { 'idempotency-key': 'three' };
    for (const own of [await createImportSource(server), await createImportSource(server)]) {
      expect((await own.send('batch', batchBody(), key)).headers).not.toHaveProperty('idempotency-replayed');
      expect(await own.acceptedTables()).toEqual(['customers']);
    }
  });

  test('that cannot be one is a 400', async () => {
    const answer = await source.send('batch', batchBody(), { 'idempotency-key': 'x'.repeat(256) });
    expect([answer.status, answer.json()]).toMatchObject([400, { status: 'ERROR' }]);
  });
});

describe('every answer is JSON', () => {
  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s on a call is a 405', async (method) => {
    for (const call of calls) {
      const answer = await server.request(method, `/v2/import/${call}`);
      expect([answer.status, answer.json()]).toEqual([405, 'Method not allowed.']);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(answer.headers.allow).toBe('POST');
    }
    if (method === 'GET') return;
    const answer = await server.request(method, '/v2/import/status?a=b');
    expect([answer.status, answer.json(), answer.headers.allow]).toEqual([405, 'Method not allowed.', 'GET']);
  });

  test.each(['/v2/import', '/v2/import/nothing', '/v2/import/batch/1'])('%s is a 404', async (path) => {
    const answer = await server.request('POST', path, { body: {} });
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ message: expect.any(String) });
  });

  test('a slash after a path is tolerated', async () => {
    const headers = { authorization: `Bearer ${source.token}` };
    const answer = await server.request('POST', '/v2/import/batch/', { headers, body: batchBody() });
    expect(answer.status).toBe(201);
  });

  test('of a bug too', async () => {
    await using broken = await startTestServer({
      wrapStore: (store) => ({
        ...store,
        sources: { ...store.sources, list: () => Promise.reject(new Error('a secret')) },
      }),
    });
    const answer = await broken.request('POST', '/v2/import/push', { body: [] });
    expect(answer.status).toBe(500);
    expect(answer.json()).toEqual({ status: 'ERROR', message: expect.stringContaining('request id') });
    expect(answer.text).not.toContain('a secret');
  });
});
