import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected, v4Body } from '../support/http-destinations.ts';
import { startTestServer, type TestServer, type Visitor } from '../support/test-server.ts';

const base = '/notifications/public/v1/api/hooks';
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const notFound = '{"error":"NotFound"}';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

interface Place {
  readonly as: Visitor;
  readonly destination: number;
}

/** An account of the test's own, with a destination. */
async function place(on = server): Promise<Place> {
  const as = await on.enter();
  const { id } = (await on.request('POST', '/v4/destinations', { as, body: v4Body() })).json<{
    id: number;
  }>();
  return { as, destination: id };
}

const aHook = ({ destination }: Place, url = 'https://hooks.example.com/in') => ({
  type: 'post_load',
  destination_id: destination,
  config: { url },
});

async function create(at: Place, body: object = aHook(at), on = server) {
  return await on.request('POST', base, { as: at.as, body });
}
const createdId = async (at: Place, body?: object): Promise<number> =>
  (await create(at, body)).json<{ id: number }>().id;

describe('POST …/hooks', () => {
  test('answers the hook as the contract describes it, and GET lists it', async () => {
    const at = await place();
    const answer = await create(at);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const made = answer.json<{ id: number; created_at: string }>();
    expect(Object.keys(made)).toEqual(
      'id client_id type version destination_id config created_at modified_at disabled_at'.split(' '),
    );
    expect(made).toEqual({
      id: expect.any(Number),
      client_id: at.as.accountId,
      type: 'post_load',
      version: 1,
      destination_id: at.destination,
      config: { url: 'https://hooks.example.com/in' },
      created_at: time,
      modified_at: made.created_at,
      disabled_at: null,
    });
    expect((await server.request('GET', base, { as: at.as })).json()).toEqual({ post_load: [made] });
  });

  test('puts our own types under their own keys', async () => {
    const at = await place();
    expect((await server.request('GET', base, { as: at.as })).text).toBe('{"post_load":[]}');
    const { id } = (await create(at, { ...aHook(at), type: 'load_failed' })).json<{ id: number }>();
    expect((await server.request('GET', base, { as: at.as })).json()).toMatchObject({
      post_load: [],
      load_failed: [{ id, type: 'load_failed' }],
    });
  });

  test('refuses what is no such body, byte for byte', async () => {
    const at = await place();
    const good = aHook(at);
    for (const body of [
      {},
      { ...good, type: 'pre_load' },
      { ...good, destination_id: '1' },
      { ...good, more: 1 },
      { ...good, config: {} },
      { ...good, config: { url: 1 } },
      { ...good, config: { ...good.config, headers: {} } },
      { ...good, config: { ...good.config, secret: 'short' } },
    ]) {
      const answer = await create(at, body);
      expect([answer.status, answer.text]).toEqual([
        400,
        '{"error":"InvalidBody","data":{"message":"Invalid POST body"}}',
      ]);
    }
    expect((await create(at, { ...good, destination_id: 999_999 })).text).toBe(notFound);
  });

  test('refuses the eleventh', async () => {
    const at = await place();
    for (let made = 0; made < 10; made += 1) expect((await create(at)).status).toBe(200);
    const answer = await create(at);
    expect([answer.status, answer.text]).toEqual([
      400,
      '{"error":{"message":"You have exceeded the limit of 10 hooks."}}',
    ]);
  });

  test('refuses URLs that it cannot send to; http is for one owner alone', async () => {
    await using open = await startTestServer({ types: [connected('postgres')], policy: 'public' });
    const [at, ours] = [await place(open), await place()];
    const refused = [400, '{"error":{"message":"Invalid URI"}}'];
    for (const url of [
      'nothing',
      'ftp://example.com',
      'https://me:secret@example.com/',
      'http://example.com/',
    ]) {
      const answer = await create(at, aHook(at, url), open);
      expect([answer.status, answer.text]).toEqual(refused);
    }
    expect((await create(ours, aHook(ours, 'http://10.0.0.7:8080/in'))).status).toBe(200);
  });

  test('never shows a secret again, only that there is one', async () => {
    const at = await place();
    const secret = 'a-secret-of-a-hook';
    const body = { ...aHook(at), config: { ...aHook(at).config, secret } };
    const answers = [await create(at, body), await server.request('GET', base, { as: at.as })];
    for (const { text } of answers) {
      expect(text).not.toContain(secret);
      expect(text).toContain('"config":{"url":"https://hooks.example.com/in","signed":true}');
    }
  });

  test('is done once for each Idempotency-Key', async () => {
    const at = await place();
    const headers = { 'idempotency-key': 'once' };
    const send = () => server.request('POST', base, { as: at.as, headers, body: aHook(at) });
    expect((await send()).text).toBe((await send()).text);
    const list = (await server.request('GET', base, { as: at.as })).json<{ post_load: object[] }>();
    expect(list.post_load).toHaveLength(1);
  });
});

describe('PUT and DELETE …/hooks/{id}', () => {
  test('disable, enable and delete', async () => {
    const at = await place();
    const one = `${base}/${await createdId(at)}`;
    const put = async (enable: boolean) =>
      (await server.request('PUT', one, { as: at.as, body: { enable } })).json<{
        disabled_at: string | null;
      }>();
    expect((await put(false)).disabled_at).toEqual(time);
    expect((await put(true)).disabled_at).toBeNull();
    const answer = await server.request('DELETE', one, { as: at.as });
    expect([answer.status, answer.text]).toEqual([200, 'null']);
    expect((await server.request('DELETE', one, { as: at.as })).text).toBe(notFound);
  });

  test('refuse other bodies, and hooks of others like missing ones', async () => {
    const [at, other] = [await place(), await place()];
    const one = `${base}/${await createdId(at)}`;
    for (const body of [{}, { enable: 1 }, { enable: true, more: 1 }, []]) {
      const answer = await server.request('PUT', one, { as: at.as, body });
      expect([answer.status, answer.text]).toEqual([
        400,
        `{"error":"InvalidBody","data":{"message":"PUT body must only contain boolean 'enable' key"}}`,
      ]);
    }
    for (const path of [one, `${base}/999999`, `${base}/x`])
      for (const [method, tail, body] of [
        ['PUT', '', { enable: true }],
        ['DELETE', ''],
        ['GET', '/deliveries'],
        ['POST', '/test'],
      ] as const) {
        const answer = await server.request(method, path + tail, { as: other.as, ...(body && { body }) });
        expect([method, answer.status, answer.text]).toEqual([method, 400, notFound]);
      }
  });

  test('end with their destination', async () => {
    const at = await place();
    await createdId(at);
    await server.request('DELETE', `/v4/destinations/${at.destination}`, { as: at.as });
    expect((await server.request('GET', base, { as: at.as })).text).toBe('{"post_load":[]}');
  });
});

test('a test message waits to be sent, and is shown among the deliveries', async () => {
  const at = await place();
  const one = `${base}/${await createdId(at)}`;
  const made = (await server.request('POST', `${one}/test`, { as: at.as })).json();
  expect(made).toMatchObject({ type: 'post_load', test: true, state: 'waiting', attempts: 0, error: null });
  expect((await server.request('GET', `${one}/deliveries`, { as: at.as })).json()).toEqual([made]);
});

test('nobody is on the list of e-mail recipients, and nobody can be put there', async () => {
  const emails = '/notifications/public/v1/api/custom-emails';
  const body = { email_address: 'someone@example.com' };
  expect((await server.request('GET', emails)).text).toBe('[]');
  const refused = await server.request('POST', emails, { body });
  expect([refused.status, refused.text]).toEqual([
    400,
    '{"error":{"message":"Account not authorized to create custom notification email addresses."}}',
  ]);
  for (const method of ['PUT', 'DELETE']) {
    const answer = await server.request(method, `${emails}/22`);
    expect([answer.status, answer.text]).toEqual([404, '{"status":"NOT FOUND"}']);
  }
});

test('every call needs an access token, and unknown paths do not exist', async () => {
  const headers = { authorization: '' };
  expect((await server.request('GET', base, { headers })).status).toBe(401);
  expect((await server.request('GET', '/notifications/public/v1/api/nothing')).json()).toMatchObject({
    error: 'NotFound',
  });
});
