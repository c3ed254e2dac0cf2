import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/embedded-postgres.ts';
import {
  connected,
  type V3Destination,
  type V4Destination,
  v3Body,
  v4Body,
} from '../support/http-destinations.ts';
import { failedStep, success, untilAborted } from '../support/scripted-type.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const proof = { began: Promise.withResolvers<void>(), mayEnd: Promise.withResolvers<void>() };

const hanging = { began: Promise.withResolvers<void>() };

/** The check does what the host's name says. */
const scripted = connected('postgres', async ({ signal }, { host }) => {
  if (host === 'gone.example.com') hanging.began.resolve();
  if (host === 'hangs.example.com' || host === 'gone.example.com') return await untilAborted(signal);
  if (host === 'slow.example.com') {
    proof.began.resolve();
    await proof.mayEnd.promise;
  }
  if (host !== 'fails.example.com') return success;
  const failure = failedStep('connect', 'connection_refused');
  return { steps: [failure], failure, refused: false };
});

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ types: [scripted] });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

async function create(host = 'db.example.com'): Promise<number> {
  const answer = await server.request('POST', '/v3/destinations', { body: v3Body({ host }) });
  return answer.json<V3Destination>().id;
}

describe('If-Match', () => {
  const put = async (version: 'v3' | 'v4', id: number, ifMatch: string, database: string) =>
    await server.request('PUT', `/${version}/destinations/${id}`, {
      headers: { 'if-match': ifMatch },
      body: version === 'v3' ? v3Body({ database }) : { properties: { database } },
    });

  test('lets a deletion through while the revision is current, and no other', async () => {
    const id = await create();
    const drop = async (ifMatch: string) =>
      await server.request('DELETE', `/v4/destinations/${id}`, { headers: { 'if-match': ifMatch } });
    await put('v4', id, '*', 'newer');
    for (const stale of ['"1"', 'W/"2"', 'nonsense']) {
      const refused = await drop(stale);
      expect([refused.status, refused.json()]).toMatchObject([
        412,
        { error: 'RevisionMismatch', data: { revision: 2 } },
      ]);
    }
    expect((await server.request('GET', `/v4/destinations/${id}`)).headers.etag).toBe('"2"');
    const gone = await drop('"1", "2"');
    expect([gone.status, gone.text]).toEqual([200, '{}']);
    expect((await drop('*')).status).toBe(400);
  });

  test.each(['v3', 'v4'] as const)(
    'lets an update of %s through while the revision is current',
    async (version) => {
      const id = await create();
      const first = await put(version, id, '"1"', 'a');
      expect([first.status, first.headers.etag]).toEqual([200, '"2"']);
      expect((await put(version, id, '"9", "2"', 'b')).headers.etag).toBe('"3"');
      expect((await put(version, id, '*', 'c')).headers.etag).toBe('"4"');
      const read = await server.request('GET', `/${version}/destinations/${id}`);
      expect(read.headers.etag).toBe('"4"');
    },
  );

  test.each(['"1"', 'W/"2"', '"1", W/"2"', '2', '""', 'x', '"02"'])('%s stops it', async (ifMatch) => {
    const id = await create();
    await put('v4', id, '"1"', 'a');
    for (const version of ['v3', 'v4'] as const) {
      const answer = await put(version, id, ifMatch, 'b');
      expect(answer.status).toBe(412);
      expect(answer.json()).toEqual({
        error: 'RevisionMismatch',
        message: expect.stringContaining('revision 2'),
        data: { message: expect.any(String), revision: 2 },
      });
    }
    expect((await server.request('GET', `/v4/destinations/${id}`)).headers.etag).toBe('"2"');
  });

  test('of an unknown destination is an invalid id', async () => {
    expect((await put('v3', 999_999_999, '*', 'a')).text).toBe('"invalid connection id"');
  });
});

describe('Prefer', () => {
  test('wait answers with the finished check', async () => {
    const answer = await server.request('POST', '/v3/destinations', {
      headers: { prefer: ['respond-async', 'wait="20"; x=1'] },
      body: v3Body(),
    });
    expect(answer.headers['preference-applied']).toBe('wait=20');
    expect(answer.json<V3Destination>().last_check).toMatchObject({ error: false });
  });

  test('wait answers with what was reached when the time is over', async () => {
    const answer = await server.request('POST', '/v4/destinations', {
      headers: { prefer: 'wait=0' },
      body: v4Body({ host: 'hangs.example.com' }),
    });
    expect([answer.status, answer.headers['preference-applied']]).toEqual([200, 'wait=1']);
    const id = answer.json<V4Destination>().id;
    const check = await server.request(
      'GET',
      `/v4/destinations/${id}/checks/${answer.headers['backstitch-check']}`,
    );
    expect(check.json()).toMatchObject({ status: 'running', error: false, check_exit_status: null });
    await server.request('DELETE', `/v4/destinations/${id}`);
  });

  test.each(['', ',', 'wait', 'wait=x', 'handling=', '"', '=', 'wait=5=6', 'return=minimal'])(
    'that makes no sense is ignored: %j',
    async (prefer) => {
      const answer = await server.request('POST', '/v3/destinations', {
        headers: { prefer },
        body: v3Body(),
      });
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty('preference-applied');
    },
  );

  test('handling=strict refuses what does not work, on POST and PUT of both versions', async () => {
    const id = await create();
    const headers = { prefer: 'handling=strict, wait=3' };
    const host = 'fails.example.com';
    const answers = [
      await server.request('POST', '/v3/destinations', { headers, body: v3Body({ host }) }),
      await server.request('POST', '/v4/destinations', { headers, body: v4Body({ host }) }),
      await server.request('PUT', `/v3/destinations/${id}`, { headers, body: v3Body({ host }) }),
      await server.request('PUT', `/v4/destinations/${id}`, { headers, body: { properties: { host } } }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(answer.json()).toEqual({
        error: 'CheckFailed',
        message: expect.stringContaining('Make it work.'),
        data: { message: expect.any(String), steps: [failedStep('connect', 'connection_refused')] },
      });
    }
    expect((await server.request('GET', `/v3/destinations/${id}`)).headers.etag).toBe('"1"');
  });

  test('handling=strict loses a race rather than a change', async () => {
    const id = await create();
    const strict = server.request('PUT', `/v4/destinations/${id}`, {
      headers: { prefer: 'handling=strict' },
      body: { properties: { host: 'slow.example.com' } },
    });
    await proof.began.promise;
    const other = await server.request('PUT', `/v4/destinations/${id}`, { body: { name: 'Other' } });
    expect(other.status).toBe(200);
    proof.mayEnd.resolve();
    const answer = await strict;
    expect(answer.status).toBe(409);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({ error: 'LostRace', message: expect.any(String) });
    const read = await server.request('GET', `/v4/destinations/${id}`);
    expect(read.json()).toMatchObject({ name: 'Other', properties: { host: 'db.example.com' } });
  });
});

test('a client that goes away during a strict update changes nothing, and its key is free again', async () => {
  const before = (await server.request('GET', '/v4/destinations')).text;
  const leaving = new AbortController();
  const request = {
    headers: { prefer: 'handling=strict', 'idempotency-key': 'gone' },
    body: v4Body({ host: 'gone.example.com' }),
  };
  const gone = server.request('POST', '/v4/destinations', { ...request, signal: leaving.signal });
  await hanging.began.promise;
  const again = await server.request('POST', '/v4/destinations', request);
  expect(again.json()).toMatchObject({ error: 'IdempotencyInFlight' });
  leaving.abort();
  await expect(gone).rejects.toThrow();
  await until(async () => {
    const body = v4Body({ host: 'fails.example.com' });
    const later = await server.request('POST', '/v4/destinations', { ...request, body });
    expect(later.json()).toMatchObject({ error: 'CheckFailed' });
  });
  expect((await server.request('GET', '/v4/destinations')).text).toBe(before);
});

describe('Idempotency-Key', () => {
  const post = async (path: string, key: string, body: unknown, headers: Record<string, string> = {}) =>
    await server.request('POST', path, { headers: { 'idempotency-key': key, ...headers }, body });
  const count = async () => (await server.request('GET', '/v4/destinations')).json<V4Destination[]>().length;

  test.each([
    ['/v3/destinations', v3Body()],
    ['/v4/destinations', v4Body()],
  ])('POST %s again answers the same and makes nothing', async (path, body) => {
    const key = `again ${path}`;
    const first = await post(path, key, body);
    const before = await count();
    const second = await post(path, key, body);
    expect(second.status).toBe(200);
    expect(second.text).toBe(first.text);
    for (const name of ['etag', 'backstitch-check', 'content-type'])
      expect(second.headers[name]).toBe(first.headers[name]);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await count()).toBe(before);
  });

  test('with another body is a mistake', async () => {
    await post('/v4/destinations', 'another body', v4Body());
    const answer = await post('/v4/destinations', 'another body', v4Body({ database: 'other' }));
    expect(answer.status).toBe(422);
    expect(answer.json()).toMatchObject({ error: 'IdempotencyMismatch', message: expect.any(String) });
  });

  test('belongs to one route and one account', async () => {
    await post('/v4/destinations', 'shared', v4Body());
    expect((await post('/v3/destinations', 'shared', v3Body())).headers).not.toHaveProperty(
      'idempotency-replayed',
    );
    const other = await server.request('POST', '/v4/destinations', {
      as: await server.enter(),
      headers: { 'idempotency-key': 'shared' },
      body: v4Body(),
    });
    expect(other.headers).not.toHaveProperty('idempotency-replayed');
  });

  test('of a request that failed can be used again', async () => {
    expect((await post('/v4/destinations', 'mended', v4Body({ port: 'x' }))).status).toBe(400);
    expect((await post('/v4/destinations', 'mended', v4Body())).status).toBe(200);
  });

  test('of two requests at once lets one through', async () => {
    const before = await count();
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => await post('/v4/destinations', 'at once', v4Body())),
    );
    expect(await count()).toBe(before + 1);
    for (const answer of answers) expect([200, 409]).toContain(answer.status);
    const inFlight = answers.filter(({ status }) => status === 409);
    for (const answer of inFlight) {
      expect(answer.json()).toMatchObject({ error: 'IdempotencyInFlight' });
      expect(answer.headers['retry-after']).toBe('1');
    }
  });

  test('works for checks too', async () => {
    const id = await create();
    const first = await post(`/v4/destinations/${id}/check`, 'check', undefined, { prefer: 'wait=20' });
    const second = await post(`/v4/destinations/${id}/check`, 'check', undefined);
    expect(second.text).toBe(first.text);
    const other = await create();
    expect((await post(`/v4/destinations/${other}/check`, 'check', undefined)).headers).not.toHaveProperty(
      'idempotency-replayed',
    );
  });

  test.each(['', 'x'.repeat(256), 'ä'])('%j is refused', async (key) => {
    const answer = await server.request('POST', '/v4/destinations', {
      headers: { 'idempotency-key': [key] },
      body: v4Body(),
    });
    expect([answer.status, answer.json()]).toEqual([
      400,
      {
        error: 'InvalidHeader',
        message: expect.stringContaining('Idempotency-Key'),
        data: { message: expect.any(String) },
      },
    ]);
  });
});
