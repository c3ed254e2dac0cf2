import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected, type V3Destination, v3Body, v4Body } from '../support/http-destinations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const badBody =
  'body must be a map with type = redshift, postgres, or snowflake. required-keys = type, connection';

let server: TestServer;
let id: number;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
  id = (await server.request('POST', '/v3/destinations', { body: v3Body() })).json<V3Destination>().id;
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const put = async (body: unknown, headers: Record<string, string> = {}) =>
  await server.request('PUT', `/v3/destinations/${id}`, { body, headers });

describe('the content type', () => {
  test.each([
    'application/json',
    'application/json;charset=ISO-8859-1',
    'application/json; charset=utf-8',
    'APPLICATION/JSON; charset="UTF-8"; x=y',
    'application/json ;charset=utf-8',
    '',
  ])('may be %j', async (type) => {
    expect((await put(v3Body(), { 'content-type': type })).status).toBe(200);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/problem+json',
    'multipart/form-data; boundary=x',
    'nonsense',
    ';',
  ])('may not be %j', async (type) => {
    for (const path of [`/v3/destinations/${id}`, `/v4/destinations/${id}`]) {
      const answer = await server.request('PUT', path, { body: v3Body(), headers: { 'content-type': type } });
      expect(answer.status).toBe(415);
      expect(answer.json()).toMatchObject({
        error: 'UnsupportedMediaType',
        message: expect.stringContaining('Content-Type: application/json'),
      });
    }
  });

  test('does not matter where there is no body to be had', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await server.request('GET', '/v4/destinations', { headers })).status).toBe(200);
    expect((await server.request('POST', `/v4/destinations/${id}/check`, { headers })).status).toBe(200);
    expect((await server.request('POST', `/v4/destinations/${id}/check`, { body: '{}' })).status).toBe(200);
    const text = { 'content-type': 'text/plain' };
    expect(
      (await server.request('POST', `/v4/destinations/${id}/check`, { headers: text, body: 'x' })).status,
    ).toBe(200);
  });
});

describe('a body', () => {
  test.each([
    ['in UTF-16', Buffer.from(JSON.stringify(v3Body()), 'utf16le')],
    ['in Latin-1', Buffer.from(JSON.stringify(v3Body({ database: 'wärehouse' })), 'latin1')],
    ['with a byte order mark', Buffer.from(`\ufeff${JSON.stringify(v3Body())}`)],
    ['with a comment', '{"type":"postgres",/**/"connection":{}}'],
    ['with something after it', `${JSON.stringify(v3Body())}x`],
    ['of a million brackets', '['.repeat(1_000_000)],
    ['of a hundred thousand objects in each other', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('%s is a bad body', async (_what, body) => {
    const answer = await put(body);
    expect([answer.status, answer.json()]).toEqual([400, badBody]);
  });

  test('that is compressed is not read', async () => {
    const answer = await put(gzipSync(JSON.stringify(v3Body())), { 'content-encoding': 'gzip' });
    expect([answer.status, answer.json()]).toMatchObject([415, { error: 'UnsupportedMediaType' }]);
  });

  test('has the last value of a key given twice', async () => {
    const text = JSON.stringify(v3Body()).replace('"port":5432', '"port":1,"port":5433');
    expect((await put(text)).json()).toMatchObject({ connection: { port: 5433 } });
  });

  test('may have a megabyte and no more', async () => {
    const padded = (length: number) => JSON.stringify(v3Body()).padEnd(length, ' ');
    expect((await put(padded(1_048_576))).status).toBe(200);
    for (const version of ['v3', 'v4']) {
      const answer = await server.request('PUT', `/${version}/destinations/${id}`, {
        body: padded(1_048_577),
      });
      expect(answer.status).toBe(413);
      expect(answer.json()).toMatchObject({ error: 'PayloadTooLarge', message: expect.any(String) });
      expect(answer.headers.connection).toBe('close');
    }
  });

  test('may come in chunks', async () => {
    const answer = await put(JSON.stringify(v3Body()), { 'transfer-encoding': 'chunked' });
    expect(answer.status).toBe(200);
  });

  test('of v4 with a number, a boolean or text for a value means the same', async () => {
    for (const properties of [
      { port: 5432, ssl: false },
      { port: '5432', ssl: 'false' },
    ]) {
      const answer = await server.request('POST', '/v4/destinations', { body: v4Body(properties) });
      expect(answer.json()).toMatchObject({ properties: { port: '5432', ssl: 'false' } });
    }
  });
});

test('a request is named in its answer, by its own name if that is a sane one', async () => {
  const named = await server.request('GET', '/v4/account', { headers: { 'x-request-id': 'trace-1:a/b' } });
  expect(named.headers['x-request-id']).toBe('trace-1:a/b');
  for (const name of ['a b', 'x'.repeat(200), '<script>', '"']) {
    const answer = await server.request('GET', '/v4/account', { headers: { 'x-request-id': name } });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  }
});
