import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/http/ops/openapi.ts';
import { connected, type V4Destination, v3Body, v4Body } from '../support/http-destinations.ts';
import { startTestServer, type TestServer, type Visitor } from '../support/test-server.ts';

/** Nothing of another account is ever visible: what belongs to it looks exactly like what does not exist. */
let server: TestServer;
let stranger: Visitor;
let foreign: V4Destination;
let own: V4Destination;
const missing = 999_999_999;

beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
  stranger = await server.enter();
  const create = async (as: Visitor) => {
    const headers = { prefer: 'wait=20' };
    const answer = await server.request('POST', '/v4/destinations', { as, headers, body: v4Body() });
    return answer.json<V4Destination>();
  };
  foreign = await create(stranger);
  own = await create(server.visitor);
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const bodies: Readonly<Record<string, unknown>> = {
  updateDestinationV3: v3Body(),
  updateDestination: { name: 'Taken over' },
};

// Those of sources stand in sources.test.ts.
const calls = operations
  .filter(({ path, security }) => security === 'token' && path.includes('destinations/{id}'))
  .map(({ id, method, path }) => ({ id, method: method.toUpperCase(), path }));

describe.each(calls)('$method $path', ({ id: call, method, path }) => {
  const ask = async (id: number, name: string) => {
    const answer = await server.request(method, path.replace('{id}', String(id)).replace('{name}', name), {
      headers: { 'x-request-id': 'same' },
      ...(bodies[call] === undefined ? {} : { body: bodies[call] }),
    });
    const { date, ...headers } = answer.headers;
    return { status: answer.status, headers, text: answer.text };
  };

  test('answers for a foreign id, byte for byte, what it answers for a missing one', async () => {
    const forForeign = await ask(foreign.id, foreign.check_job_name);
    const forMissing = await ask(missing, foreign.check_job_name);
    expect(forMissing.status).toBeGreaterThanOrEqual(400);
    const sameId = (text: string, id: number) => text.replace(String(id), 'ID');
    expect({
      ...forForeign,
      text: sameId(forForeign.text, foreign.id),
      headers: { ...forForeign.headers, 'content-length': '' },
    }).toEqual({
      ...forMissing,
      text: sameId(forMissing.text, missing),
      headers: { ...forMissing.headers, 'content-length': '' },
    });
  });

  test('serves the own id', async () => {
    if (method === 'DELETE') {
      const answer = await server.request('POST', '/v4/destinations', { body: v4Body() });
      expect((await ask(answer.json<V4Destination>().id, '')).status).toBe(200);
    } else expect((await ask(own.id, own.check_job_name)).status).toBe(200);
  });
});

test("a stranger's check is not to be had through an own destination", async () => {
  const answer = await server.request('GET', `/v4/destinations/${own.id}/checks/${foreign.check_job_name}`);
  expect(answer.status).toBe(404);
});

test('lists show own destinations only', async () => {
  for (const version of ['v3', 'v4']) {
    const list = (await server.request('GET', `/${version}/destinations`)).json<{ id: number }[]>();
    expect(list.map(({ id }) => id)).not.toContain(foreign.id);
  }
  expect((await server.request('GET', `/v4/destinations?destination_id=${foreign.id}`)).text).toBe('[]');
});

test('after all of this nothing of the stranger has changed', async () => {
  const answer = await server.request('GET', `/v4/destinations/${foreign.id}`, { as: stranger });
  expect(answer.headers.etag).toBe('"1"');
  expect(answer.json()).toMatchObject({ name: foreign.name, check_job_name: foreign.check_job_name });
});

test.each([
  'id',
  'stitch_client_id',
  'created_at',
  'updated_at',
  'deleted_at',
  'report_card',
  'check_job_name',
  'revision',
  'account_id',
  'constructor',
])('a body with the read-only key %s changes nothing', async (key) => {
  const before = await server.request('GET', `/v4/destinations/${own.id}`);
  const answers = [
    await server.request('PUT', `/v4/destinations/${own.id}`, {
      body: { name: 'x', [key]: stranger.accountId },
    }),
    await server.request('PUT', `/v3/destinations/${own.id}`, { body: { ...v3Body(), [key]: 1 } }),
    await server.request('PUT', `/v4/destinations/${own.id}`, { body: { properties: { [key]: 1 } } }),
  ];
  for (const answer of answers) expect(answer.status).toBe(400);
  const after = await server.request('GET', `/v4/destinations/${own.id}`);
  expect(after.text).toBe(before.text);
});
