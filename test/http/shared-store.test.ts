import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { connected, type V3Destination, type V4Destination, v3Body } from '../support/http-destinations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Two servers on one PostgreSQL: what one of them did, the other knows. */
let database: TestDatabase;
let one: TestServer;
let other: TestServer;
beforeAll(async () => {
  database = await createTestDatabase();
  const options = { storeUrl: database.url, types: [connected('postgres')], masterKey: Buffer.alloc(32, 7) };
  one = await startTestServer(options);
  other = await startTestServer(options);
});
afterAll(async () => {
  await Promise.all([one?.[Symbol.asyncDispose](), other?.[Symbol.asyncDispose]()]);
  await database?.[Symbol.asyncDispose]();
});

test('a destination made here is read, changed, checked and deleted there, at once', async () => {
  const as = one.visitor;
  const made = await one.request('POST', '/v3/destinations', { body: v3Body() });
  const { id } = made.json<V3Destination>();
  const read = async (server: TestServer) => await server.request('GET', `/v4/destinations/${id}`, { as });
  expect((await read(other)).headers.etag).toBe('"1"');
  const put = await other.request('PUT', `/v3/destinations/${id}`, {
    as,
    headers: { 'if-match': '"1"', prefer: 'wait=20' },
    body: v3Body({ database: 'other' }),
  });
  expect(put.json()).toMatchObject({ connection: { database: 'other' }, last_check: { error: false } });
  expect((await read(one)).json()).toMatchObject({ properties: { database: 'other' } });
  const stale = await one.request('PUT', `/v4/destinations/${id}`, {
    headers: { 'if-match': '"1"' },
    body: {},
  });
  expect(stale.status).toBe(412);
  await other.request('DELETE', `/v4/destinations/${id}`, { as });
  expect((await read(one)).text).toBe('"invalid connection id"');
});

test('an idempotency key used here is known there', async () => {
  const request = { as: one.visitor, headers: { 'idempotency-key': 'shared' }, body: v3Body() };
  const first = await one.request('POST', '/v3/destinations', request);
  const second = await other.request('POST', '/v3/destinations', request);
  expect(second.headers['idempotency-replayed']).toBe('true');
  expect(second.text).toBe(first.text);
  const list = await other.request('GET', '/v4/destinations', { as: one.visitor });
  expect(list.json<V4Destination[]>()).toHaveLength(1);
});

test('health names the engine', async () => {
  expect((await one.request('GET', '/health')).json()).toMatchObject({ store: { engine: 'postgres' } });
});
