import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/embedded-postgres.ts';
import { connected, type V4Destination, v4Body } from '../support/http-destinations.ts';
import { failedStep, success, untilAborted } from '../support/scripted-type.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const scripted = connected('postgres', async ({ signal }, { host }) => {
  if (host === 'hangs.example.com') return await untilAborted(signal);
  if (host !== 'fails.example.com') return success;
  const failure = failedStep('connect', 'connection_refused');
  return { steps: [failure], failure, refused: false };
});
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const waiting = { prefer: 'wait=20' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ types: [scripted], checks: { deadlineMilliseconds: 2_000 } });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

async function create(host = 'db.example.com', headers: Record<string, string> = {}): Promise<V4Destination> {
  const answer = await server.request('POST', '/v4/destinations', { headers, body: v4Body({ host }) });
  expect(answer.status, answer.text).toBe(200);
  return answer.json();
}

test('the last connection check of a success has the keys and exit statuses of the contract', async () => {
  const { id, check_job_name } = await create('db.example.com', waiting);
  const answer = await server.request('GET', `/v4/destinations/${id}/last-connection-check`);
  expect(answer.status).toBe(200);
  expect(answer.json()).toEqual({
    name: check_job_name,
    mode: 'check',
    status: 'succeeded',
    start_time: time,
    completion_time: time,
    error: false,
    check_exit_status: 0,
    discovery_exit_status: 0,
    discovery_error_message: null,
    tap_exit_status: null,
    tap_error_message: null,
    target_exit_status: null,
    target_error_message: null,
  });
});

test('that of a failure has its text where the original puts it, with the remedy', async () => {
  const { id } = await create('fails.example.com', waiting);
  const answer = await server.request('GET', `/v4/destinations/${id}/last-connection-check`);
  const { discovery_error_message: text, ...check } = answer.json<Record<string, unknown>>();
  expect(text).toMatch(/It does not work\..*Make it work\./);
  expect(check).toMatchObject({
    status: 'failed',
    error: true,
    check_exit_status: 1,
    discovery_exit_status: 1,
    tap_exit_status: null,
    target_exit_status: null,
    target_error_message: text,
  });
});

test('before the first check is over there is none', async () => {
  const { id } = await create('hangs.example.com');
  const answer = await server.request('GET', `/v4/destinations/${id}/last-connection-check`);
  expect([answer.status, answer.json()]).toEqual([404, { error: 'NotFound', message: expect.any(String) }]);
  await server.request('DELETE', `/v4/destinations/${id}`);
});

test('a running check has no exit status and no end', async () => {
  const { id, check_job_name } = await create('hangs.example.com');
  const answer = await server.request('GET', `/v4/destinations/${id}/checks/${check_job_name}`);
  expect(answer.json()).toMatchObject({
    name: check_job_name,
    status: 'running',
    completion_time: null,
    error: false,
    check_exit_status: null,
    discovery_exit_status: null,
    discovery_error_message: null,
    target_error_message: null,
    superseded_by: null,
  });
  await server.request('DELETE', `/v4/destinations/${id}`);
});

test('POST …/check starts one, names it and waits if asked to', async () => {
  const { id } = await create('db.example.com', waiting);
  const answer = await server.request('POST', `/v4/destinations/${id}/check`, {
    headers: { ...waiting, 'content-type': 'application/json' },
  });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers['preference-applied']).toBe('wait=20');
  expect(answer.json()).toMatchObject({
    name: answer.headers['backstitch-check'],
    status: 'succeeded',
    origin: 'requested',
    revision: 1,
    steps: [
      { name: 'connect', status: 'passed', milliseconds: 1, message: 'Fine.', remedy: null, code: null },
    ],
  });
  for (const body of ['{}', 'whatever'])
    expect((await server.request('POST', `/v4/destinations/${id}/check`, { body })).status).toBe(200);
});

test('the checks of a destination are listed with their steps, newest first', async () => {
  const { id } = await create('fails.example.com', waiting);
  for (let round = 0; round < 3; round++)
    await server.request('POST', `/v4/destinations/${id}/check`, { headers: waiting });
  const all = (await server.request('GET', `/v4/destinations/${id}/checks`)).json<object[]>();
  expect(all).toHaveLength(4);
  expect(all[0]).toMatchObject({ origin: 'requested', steps: [failedStep('connect', 'connection_refused')] });
  expect(all[3]).toMatchObject({ origin: 'saved' });
  const two = await server.request('GET', `/v4/destinations/${id}/checks?limit=2`);
  expect(two.json()).toEqual(all.slice(0, 2));
});

test.each(['0', '101', 'x', '-1', '1e2', '', '1&limit=2'])('limit=%s is refused', async (limit) => {
  const { id } = await create();
  for (const list of ['checks', 'history']) {
    const answer = await server.request('GET', `/v4/destinations/${id}/${list}?limit=${limit}`);
    expect([answer.status, answer.json()]).toEqual([
      400,
      { error: 'InvalidQuery', message: expect.any(String), data: { message: expect.any(String) } },
    ]);
  }
});

test('a check that an update overtook resolves to the one that stands for it, and never becomes the last', async () => {
  const { id, check_job_name: overtaken } = await create('hangs.example.com');
  await until(async () => {
    const check = await server.store.checks.get(server.visitor.accountId, overtaken);
    expect(check?.status).toBe('running');
  });
  const updated = await server.request('PUT', `/v4/destinations/${id}`, {
    body: { properties: { host: 'db.example.com' } },
  });
  await server.request('PUT', `/v4/destinations/${id}`, { headers: waiting, body: {} });
  const current = (await server.request('GET', `/v4/destinations/${id}`)).json<V4Destination>();
  expect(current.check_job_name).not.toBe(overtaken);
  const resolved = await server.request('GET', `/v4/destinations/${id}/checks/${overtaken}`, {
    headers: waiting,
  });
  expect(resolved.json()).toMatchObject({ status: 'succeeded', revision: 2 });
  const last = await server.request('GET', `/v4/destinations/${id}/last-connection-check`);
  expect(last.json()).toMatchObject({ status: 'succeeded' });
  expect(updated.headers.etag).toBe('"2"');
});

test('a check has to belong to the destination', async () => {
  const [one, other] = [await create(), await create()];
  for (const name of [other.check_job_name, 'nothing', '%00', `${one.check_job_name}x`]) {
    const answer = await server.request('GET', `/v4/destinations/${one.id}/checks/${name}`);
    expect([answer.status, answer.json()]).toEqual([404, { error: 'NotFound', message: expect.any(String) }]);
  }
});

test('accepting an SSH host key starts a check', async () => {
  const { id } = await create();
  const answer = await server.request('POST', `/v4/destinations/${id}/ssh-host-key`, { headers: waiting });
  expect(answer.json()).toMatchObject({ name: answer.headers['backstitch-check'], status: 'succeeded' });
});

test('the history says who changed what, without the values of credentials', async () => {
  const { id } = await create();
  await server.request('PUT', `/v4/destinations/${id}`, {
    body: { name: 'Renamed', properties: { database: 'other', password: 'second-password' } },
  });
  const answer = await server.request('GET', `/v4/destinations/${id}/history`);
  const [newest, oldest] = answer.json<object[]>();
  expect(newest).toEqual({
    at: time,
    revision: 2,
    actor: `token:${server.visitor.tokenId}`,
    action: 'updated',
    changes: expect.arrayContaining([
      { property: 'database', from: 'warehouse', to: 'other' },
      { property: 'password' },
      { property: 'name', from: expect.any(String), to: 'Renamed' },
    ]),
    notes: [],
  });
  expect(oldest).toMatchObject({ revision: 1, action: 'created' });
  expect(answer.text).not.toContain('-password');
});

test.each([
  ['GET', 'last-connection-check'],
  ['GET', 'checks'],
  ['GET', 'checks/x'],
  ['POST', 'check'],
  ['POST', 'ssh-host-key'],
  ['GET', 'history'],
])('%s …/%s of an unknown id is refused', async (method, path) => {
  for (const id of ['999999999', 'abc', '0', '%00']) {
    const answer = await server.request(method, `/v4/destinations/${id}/${path}`);
    expect([answer.status, answer.text]).toEqual([400, '"invalid connection id"']);
  }
});
