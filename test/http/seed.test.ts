import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import type { V3Destination, V4Destination } from '../support/http-destinations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** The main job on a real PostgreSQL: register it, change it, and know at once whether data can arrive there. */
let server: TestServer;
let database: TestDatabase;
beforeAll(async () => {
  [server, database] = await Promise.all([startTestServer(), createTestDatabase()]);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const real = (changes: object = {}) => ({
  type: 'postgres',
  connection: {
    host: database.host,
    port: database.port,
    username: database.user,
    database: database.database,
    password: database.password,
    ssl: false,
    ...changes,
  },
});
const strict = { prefer: 'handling=strict' };
const waiting = { prefer: 'wait=30' };

async function register(): Promise<V3Destination> {
  const answer = await server.request('POST', '/v3/destinations', { headers: waiting, body: real() });
  expect(answer.json<V3Destination>().last_check, answer.text).toMatchObject({ error: false });
  return answer.json();
}

const passed = { error: false, started_at: expect.any(String), completed_at: expect.any(String) };

test('the answer to the seed shows what was sent, and after waiting that it works', async () => {
  const { id } = await register();
  const answer = await server.request('PUT', `/v3/destinations/${id}`, { headers: waiting, body: real() });
  expect(answer.status).toBe(200);
  expect(answer.headers['preference-applied']).toBe('wait=30');
  expect(answer.json()).toEqual({
    id,
    type: 'postgres',
    created_at: expect.any(String),
    updated_at: expect.any(String),
    connection: { ...real().connection, password: '**********' },
    last_check: passed,
  });
});

test('a destination read and written back as it is still signs in', async () => {
  const { id } = await register();
  const read = (await server.request('GET', `/v3/destinations/${id}`)).json<V3Destination>();
  const answer = await server.request('PUT', `/v3/destinations/${id}`, {
    headers: waiting,
    body: { type: read.type, connection: read.connection },
  });
  expect(answer.json<V3Destination>()).toEqual({ ...read, last_check: passed });
  expect(answer.headers.etag).toBe('"1"');
});

test('a wrong password is found out, said with its remedy, and pauses the destination until it is right', async () => {
  const { id } = await register();
  const wrong = await server.request('PUT', `/v3/destinations/${id}`, {
    headers: waiting,
    body: real({ password: 'wrong' }),
  });
  expect(wrong.json<V3Destination>().last_check).toMatchObject({ error: true });
  const check = await server.request('GET', `/v4/destinations/${id}/last-connection-check`);
  expect(check.json()).toMatchObject({
    status: 'failed',
    error: true,
    check_exit_status: 1,
    discovery_exit_status: 1,
    discovery_error_message: expect.stringContaining('password'),
  });
  const paused = (await server.request('GET', `/v4/destinations/${id}`)).json<V4Destination>();
  expect(paused).toMatchObject({
    system_paused_at: expect.any(String),
    report_card: { current_step: 1, current_step_type: 'form' },
  });
  await server.request('PUT', `/v3/destinations/${id}`, { headers: waiting, body: real() });
  expect((await server.request('GET', `/v4/destinations/${id}`)).json()).toMatchObject({
    system_paused_at: null,
    report_card: { current_step: 2, current_step_type: 'fully_configured' },
  });
});

test('a strict update with a wrong password is a 422 with steps and leaves every byte as it was', async () => {
  const { id } = await register();
  const before = await server.request('GET', `/v3/destinations/${id}`);
  const before4 = await server.request('GET', `/v4/destinations/${id}`);
  const answer = await server.request('PUT', `/v3/destinations/${id}`, {
    headers: strict,
    body: real({ password: 'wrong' }),
  });
  expect(answer.status).toBe(422);
  expect(answer.headers['content-type']).toBe('application/json;charset=ISO-8859-1');
  expect(answer.json()).toMatchObject({
    error: 'CheckFailed',
    message: expect.stringContaining('Nothing was changed'),
    data: {
      steps: expect.arrayContaining([
        expect.objectContaining({ status: 'failed', remedy: expect.any(String), code: expect.any(String) }),
      ]),
    },
  });
  const after = await server.request('GET', `/v3/destinations/${id}`);
  expect([after.text, after.headers.etag]).toEqual([before.text, before.headers.etag]);
  expect((await server.request('GET', `/v4/destinations/${id}`)).text).toBe(before4.text);
});

test('a strict update that works is stored together with its proof', async () => {
  const { id } = await register();
  const answer = await server.request('PUT', `/v4/destinations/${id}`, {
    headers: { prefer: 'wait=5, handling=strict' },
    body: { name: 'Proved', properties: { password: database.password } },
  });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers['preference-applied']).toBe('handling=strict');
  expect(answer.json()).toMatchObject({ name: 'Proved' });
  const last = await server.request('GET', `/v4/destinations/${id}/last-connection-check`);
  expect(last.json()).toMatchObject({ name: answer.headers['backstitch-check'], status: 'succeeded' });
});

test('a strict create that fails makes nothing', async () => {
  const visitor = await server.enter();
  const refused = await server.request('POST', '/v4/destinations', {
    as: visitor,
    headers: strict,
    body: { type: 'postgres', properties: real({ password: 'wrong' }).connection },
  });
  expect(refused.status).toBe(422);
  expect((await server.request('GET', '/v4/destinations', { as: visitor })).text).toBe('[]');
  const made = await server.request('POST', '/v4/destinations', {
    as: visitor,
    headers: strict,
    body: { type: 'postgres', properties: real().connection },
  });
  expect(made.status, made.text).toBe(200);
  expect(made.json()).toMatchObject({ report_card: { current_step: 2 } });
});

test('properties can be tried out without saving them', async () => {
  const visitor = await server.enter();
  const tryOut = async (changes: object) =>
    await server.request('POST', '/v4/destination-types/postgres/check', {
      as: visitor,
      body: { properties: real(changes).connection },
    });
  const good = await tryOut({});
  expect([good.status, good.json()]).toEqual([
    200,
    { status: 'succeeded', error: false, steps: expect.any(Array) },
  ]);
  const bad = await tryOut({ password: 'wrong' });
  expect([bad.status, bad.json()]).toEqual([
    200,
    {
      status: 'failed',
      error: true,
      steps: expect.arrayContaining([expect.objectContaining({ status: 'failed' })]),
    },
  ]);
  expect((await server.request('GET', '/v4/destinations', { as: visitor })).text).toBe('[]');
});
