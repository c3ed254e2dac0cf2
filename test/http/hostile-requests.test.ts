import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/http/ops/openapi.ts';
import type { LogFacts } from '../../src/lib/log.ts';
import { connected, type V4Destination, v3Body, v4Body } from '../support/http-destinations.ts';
import { exchange } from '../support/raw-socket.ts';
import { silentLog } from '../support/silent-log.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const errors: { facts: LogFacts; message: string }[] = [];
const log = {
  ...silentLog,
  error: (facts: LogFacts, message: string) => void errors.push({ facts, message }),
};

let server: TestServer;
let id: number;
beforeAll(async () => {
  server = await startTestServer({
    types: [connected('postgres')],
    log,
    settings: {
      failedLoginsPerMinute: 100_000,
      timeouts: { headers: 300, request: 600, idle: 5_000, keepAlive: 400 },
    },
  });
  id = (await server.request('POST', '/v4/destinations', { body: v4Body() })).json<V4Destination>().id;
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const lines = (...text: string[]) => `${text.join('\r\n')}\r\n\r\n`;
const head = (...headers: string[]) => ['PUT /v3/destinations/1 HTTP/1.1', 'Host: x', ...headers];

describe('what could be read in two ways is refused, and the connection closed', () => {
  test.each([
    [
      'a length beside chunked encoding',
      `${lines(...head('Content-Length: 4', 'Transfer-Encoding: chunked'))}0\r\n\r\n`,
    ],
    [
      'chunked encoding beside a length',
      `${lines(...head('Transfer-Encoding: chunked', 'Content-Length: 4'))}0\r\n\r\n`,
    ],
    ['two lengths', `${lines(...head('Content-Length: 4', 'Content-Length: 5'))}xxxxx`],
    ['a list of lengths', `${lines(...head('Content-Length: 4, 5'))}xxxxx`],
    ['a length that is no number', `${lines(...head('Content-Length: +4'))}xxxx`],
    ['another encoding than chunked', `${lines(...head('Transfer-Encoding: identity'))}xxxx`],
    ['chunked not last', `${lines(...head('Transfer-Encoding: chunked, identity'))}0\r\n\r\n`],
    ['an unknown coding', `${lines(...head('Transfer-Encoding: xchunked'))}0\r\n\r\n`],
    [
      'a chunk size that is no number',
      `${lines(...head('Transfer-Encoding: chunked'))}zz\r\nxx\r\n0\r\n\r\n`,
    ],
    ['a space before the colon', lines(...head('Content-Length : 4'))],
    ['a folded header', lines(...head('X-A: b', ' Content-Length: 4'))],
    ['a control character in a header', lines(...head('X-A: b\x00c'))],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['TLS on a plain port', Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('%s', async (_what, request) => {
    const answer = await exchange(server.port, request);
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.answers).toBe(1);
    expect(answer.text).not.toMatch(/HPE_|node:|\.ts|\/src\//);
  });

  test('what follows a good request is refused apart from it', async () => {
    const good = lines('GET /v4/nowhere HTTP/1.1', 'Host: x');
    const answer = await exchange(server.port, good, { trickle: 'hello\r\n\r\n' });
    expect(answer.text).toMatch(/^HTTP\/1\.1 404 .*HTTP\/1\.1 400 /s);
    expect(answer.answers).toBe(2);
  });

  test('a request hidden in the body of another is not carried out', async () => {
    const hidden = `DELETE /v4/destinations/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.visitor.token}\r\n\r\n`;
    const request = lines(
      `PUT /v3/destinations/${id} HTTP/1.1`,
      'Host: x',
      `Authorization: ${server.visitor.token}`,
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
      `Content-Length: ${hidden.length + 5}`,
    );
    const answer = await exchange(server.port, `${request}0\r\n\r\n${hidden}`);
    expect([answer.status, answer.answers]).toEqual([400, 1]);
    expect((await server.request('GET', `/v4/destinations/${id}`)).status).toBe(200);
  });
});

describe('a slow sender', () => {
  test('of headers is cut off', async () => {
    const answer = await exchange(server.port, 'GET /health HTTP/1.1\r\nHost: x\r\n', {
      trickle: 'X-A: b\r\n',
    });
    expect(answer.status).toBe(408);
  });

  test('of a body is cut off', async () => {
    const request = lines(
      `PUT /v3/destinations/${id} HTTP/1.1`,
      'Host: x',
      `Authorization: ${server.visitor.token}`,
      'Content-Type: application/json',
      'Content-Length: 10000',
    );
    const answer = await exchange(server.port, request, { trickle: 'x' });
    expect([0, 400, 408]).toContain(answer.status);
  });

  test('that says nothing is cut off', async () => {
    expect((await exchange(server.port, '')).status).toBe(408);
  });
});

describe('whatever is sent', () => {
  const segment = fc.oneof(
    fc.constantFrom(
      'v3',
      'v4',
      'destinations',
      'accounts',
      'partner',
      'checks',
      'check',
      'destination-types',
      'health',
      '1',
      '..',
      '.',
      '',
    ),
    fc.string({ maxLength: 12 }).map(encodeURIComponent),
    fc.constantFrom(
      '%00',
      '%zz',
      '%2e%2e',
      '%c0%ae',
      "1'--",
      '%0d%0aX:y',
      '%ff',
      '*',
      ';',
      'constructor',
      '__proto__',
    ),
  );
  const method = fc.constantFrom(
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'QUERY',
    'REPORT',
  );
  const path = fc.oneof(
    fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
    fc
      // A stream of events has no end; its tests are its own.
      .constantFrom(...operations.map((operation) => operation.path).filter((each) => each !== '/v4/events'))
      .map((template) =>
        template
          .replace('{id}', '1')
          .replace('{type}', 'postgres')
          .replace('{name}', 'x')
          .replace('{token_id}', '1'),
      ),
  );
  const query = fc.oneof(
    fc.constant(''),
    fc.string({ maxLength: 20 }).map((text) => `?${encodeURI(text).replaceAll('#', '')}`),
  );
  const body = fc.oneof(
    fc.constant(undefined),
    fc.json(),
    fc.string(),
    fc.uint8Array({ maxLength: 50 }),
    fc.jsonValue().map((value) => JSON.stringify({ type: 'postgres', connection: value })),
    fc
      .dictionary(fc.string(), fc.jsonValue())
      .map((connection) => JSON.stringify({ type: 'postgres', connection })),
    fc
      .dictionary(fc.constantFrom(...Object.keys(v3Body().connection as object)), fc.jsonValue())
      .map((connection) => JSON.stringify({ type: 'postgres', connection })),
    fc
      .record({ type: fc.string(), properties: fc.jsonValue(), name: fc.string(), description: fc.string() })
      .map((value) => JSON.stringify(value)),
  );
  const header = fc.record(
    {
      'content-type': fc.constantFrom(
        'application/json',
        'text/plain',
        'application/json; charset=utf-16',
        '',
        ';',
        'multipart/form-data',
      ),
      'content-encoding': fc.constantFrom('gzip', 'identity', 'x'),
      prefer: fc.string({ unit: fc.constantFrom(...'wait=handling=strict,;"01 ') }),
      'if-match': fc.string({ unit: fc.constantFrom(...'W/"12*, ') }),
      'idempotency-key': fc.string({ unit: fc.constantFrom('a', ' ', 'ä', '~') }),
      'x-request-id': fc.string({ unit: fc.constantFrom('a', ' ', 'ä', '"', '<') }),
      accept: fc.constantFrom('text/html', '*/*', 'application/xml'),
      'accept-version': fc.constant('9'),
      expect: fc.constantFrom('100-continue'),
    },
    { requiredKeys: [] },
  );

  test('is answered, never with a 5xx, a stack, a path or SQL', async () => {
    await fc.assert(
      fc.asyncProperty(
        method,
        path,
        query,
        body,
        header,
        fc.boolean(),
        async (verb, target, search, content, headers, signedIn) => {
          const carries = content !== undefined && !['GET', 'HEAD', 'TRACE'].includes(verb);
          const answer = await server.request(verb, target + search, {
            headers: { ...headers, ...(signedIn ? {} : { authorization: 'Bearer nobody' }) },
            ...(carries ? { body: content } : {}),
          });
          expect(answer.status, answer.text).toBeLessThan(500);
          expect(answer.text).not.toMatch(/node_modules|\.ts:\d|at \w+ \(|SQLITE_|SELECT |INSERT |\/src\//i);
          expect(answer.headers['x-request-id']).toMatch(/^[\w.:/+=@-]{1,128}$/);
          expect(answer.headers['x-content-type-options']).toBe('nosniff');
        },
      ),
      { numRuns: 400 },
    );
    expect(errors).toEqual([]);
  });

  test('leaves no trace on the prototype of objects', async () => {
    for (const text of [
      '{"__proto__":{"polluted":1}}',
      '{"type":"postgres","connection":{"__proto__":{"polluted":1}}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
    ])
      for (const version of ['v3', 'v4'])
        expect((await server.request('POST', `/${version}/destinations`, { body: text })).status).toBe(400);
    expect({}).not.toHaveProperty('polluted');
  });

  test('control characters do not survive into a name', async () => {
    for (const name of ['a\nb', '\x1b[31m', 'a\x7fb', '\u0085'])
      expect((await server.request('PUT', `/v4/destinations/${id}`, { body: { name } })).status).toBe(400);
  });
});
