import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/lib/clock.ts';
import { connected, v4Body } from '../support/http-destinations.ts';
import type { RawAnswer } from '../support/http-request.ts';
import { startTestServer, type TestServer, type Visitor } from '../support/test-server.ts';

function testClock(): Clock & { advance(milliseconds: number): void } {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}

const clock = testClock();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    clock,
    types: [connected('postgres')],
    settings: { failedLoginsPerMinute: 10_000 },
  });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const ours = { authorization: '', 'backstitch-session': '1' };
const signIn = async (body: unknown, on = server, headers = {}) =>
  await on.request('POST', '/v4/session', { body, headers: { ...ours, ...headers } });
const cookieOf = (answer: RawAnswer): string => answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
/** A browser of this account. */
const enter = async (visitor: Visitor = server.visitor): Promise<string> =>
  cookieOf(await signIn({ access_token: visitor.token }));
const ask = async (cookie: string, path = '/v4/account', method = 'GET', headers = {}, body?: unknown) =>
  await server.request(method, path, { headers: { authorization: '', cookie, ...headers }, body });
const ephemeral = async (visitor: Visitor = server.visitor): Promise<string> => {
  const answer = await server.request('POST', '/v3/sessions/ephemeral', { as: visitor });
  return answer.json<{ ephemeral_token: string }>().ephemeral_token;
};

describe('an ephemeral token', () => {
  test('is made for the holder of an access token, and is random', async () => {
    const answer = await server.request('POST', '/v3/sessions/ephemeral');
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ ephemeral_token: expect.stringMatching(/^ep_[\w-]{43}$/) });
    expect(await ephemeral()).not.toBe(await ephemeral());
    const without = await server.request('POST', '/v3/sessions/ephemeral', {
      headers: { authorization: '' },
    });
    expect(without.status).toBe(401);
  });

  test('is exchanged once for a session of its account', async () => {
    const visitor = await server.enter();
    const body = { ephemeral_token: await ephemeral(visitor) };
    const answer = await signIn(body);
    expect(answer.json()).toEqual({
      account_id: visitor.accountId,
      expires_at: expect.stringMatching(/Z$/),
    });
    expect((await ask(cookieOf(answer))).json()).toMatchObject({ id: visitor.accountId });
    const again = await signIn(body);
    expect([again.status, again.json()]).toMatchObject([401, { error: 'Unauthorized' }]);
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  test('is no access token, nor a session', async () => {
    const token = await ephemeral();
    const asToken = { headers: { authorization: `Bearer ${token}` } };
    expect((await server.request('GET', '/v4/account', asToken)).status).toBe(401);
    expect((await signIn({ access_token: token })).status).toBe(401);
    expect((await ask(`backstitch=${token}`)).status).toBe(401);
  });

  test('is not for sessions to make: they would never have to end', async () => {
    const answer = await ask(await enter(), '/v3/sessions/ephemeral', 'POST', ours);
    expect([answer.status, answer.json()]).toMatchObject([403, { error: 'Forbidden' }]);
  });
});

describe('the cookie of a session', () => {
  test('is kept from scripts and from other sites, and lasts twelve hours', async () => {
    const [cookie = ''] = (await signIn({ access_token: server.visitor.token })).headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^backstitch=se_[\w-]{43}; Path=\/; Max-Age=43\d{3}; HttpOnly; SameSite=Strict$/);
    expect(Number(/Max-Age=(\d+)/.exec(cookie)?.[1])).toBeLessThanOrEqual(43_200);
  });

  test.each([
    ['a public address with TLS', { publicUrl: 'https://example.com' }, {}],
    ['a trusted proxy with TLS', { trustProxy: ['127.0.0.1'] }, { 'x-forwarded-proto': 'https' }],
  ])('is bound to the host behind %s', async (_what, settings, headers) => {
    await using own = await startTestServer({ settings });
    const answer = await signIn({ access_token: own.visitor.token }, own, headers);
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^__Host-backstitch=se_.*; HttpOnly; SameSite=Strict; Secure$/,
    );
    const get = async (cookie: string) =>
      (await own.request('GET', '/v4/account', { headers: { authorization: '', cookie, ...headers } }))
        .status;
    expect(await get(cookieOf(answer))).toBe(200);
    expect(await get(cookieOf(answer).replace('__Host-', ''))).toBe(401);
  });

  test('is found among others', async () => {
    expect((await ask(`a=b; ${await enter()}; c="d"`)).status).toBe(200);
    expect((await ask('backstitch=; backstitch=x')).status).toBe(401);
  });
});

describe('a session', () => {
  test('opens the Connect API as its account, and nothing of another one', async () => {
    const [visitor, stranger] = [await server.enter(), await server.enter()];
    const cookie = await enter(visitor);
    for (const path of ['/v3/destinations', '/v4/destinations', '/notifications/public/v1/api/hooks'])
      expect((await ask(cookie, path)).status).toBe(200);
    const made = await ask(cookie, '/v4/destinations', 'POST', ours, v4Body());
    expect(made.json()).toMatchObject({ stitch_client_id: visitor.accountId });
    const { id } = made.json<{ id: number }>();
    const history = await ask(cookie, `/v4/destinations/${id}/history`);
    expect(history.json()).toMatchObject([{ actor: expect.stringMatching(/^session:\d+$/) }]);
    const foreign = await ask(await enter(stranger), `/v4/destinations/${id}`);
    const missing = await ask(await enter(stranger), '/v4/destinations/999999999');
    expect([foreign.status, foreign.text]).toEqual([missing.status, missing.text]);
  });

  test('sends no records: programs do that, with a token', async () => {
    expect((await ask(await enter(), '/v2/import/push', 'POST', ours, [])).status).toBe(401);
  });

  test('gives way to a token in the header', async () => {
    const other = await server.enter();
    const headers = { cookie: await enter(), authorization: `Bearer ${other.token}` };
    expect((await server.request('GET', '/v4/account', { headers })).json()).toMatchObject({
      id: other.accountId,
    });
  });

  test('says whose it is', async () => {
    expect((await ask(await enter(), '/v4/session')).json()).toMatchObject({
      account_id: server.visitor.accountId,
    });
    expect((await ask('', '/v4/session')).status).toBe(401);
  });

  test('ends at once when its user signs out', async () => {
    const cookie = await enter();
    const answer = await ask(cookie, '/v4/session', 'DELETE', ours);
    expect([answer.status, answer.text]).toEqual([200, '{}']);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^backstitch=; Path=\/; Max-Age=0;/);
    expect((await ask(cookie)).status).toBe(401);
    expect((await ask('', '/v4/session', 'DELETE', ours)).status).toBe(200);
  });

  test('makes room when somebody else signs in at the same browser', async () => {
    const first = await enter();
    await signIn({ access_token: server.visitor.token }, server, { cookie: first });
    expect((await ask(first)).status).toBe(401);
  });

  test('ends within a second when its token is revoked, and rests with its account', async () => {
    const visitor = await server.enter();
    const cookie = await enter(visitor);
    await server.store.accounts.setSuspended(visitor.accountId, true);
    clock.advance(1000);
    expect((await ask(cookie)).status).toBe(401);
    await server.store.accounts.setSuspended(visitor.accountId, false);
    clock.advance(1000);
    expect((await ask(cookie)).status).toBe(200);
    await server.store.tokens.revoke(visitor.accountId, visitor.tokenId);
    clock.advance(1000);
    expect((await ask(cookie)).status).toBe(401);
  });

  test('is stored hashed', async () => {
    const value = (await enter()).split('=')[1] ?? '';
    const { readFileSync, readdirSync } = await import('node:fs');
    for (const file of readdirSync(server.folder).filter((name) => name.startsWith('backstitch.sqlite')))
      expect(readFileSync(`${server.folder}/${file}`).includes(value)).toBe(false);
  });
});

describe('another site', () => {
  test('cannot change anything: it cannot send the header that changes need', async () => {
    const answer = await ask(await enter(), '/v4/destinations', 'POST', {}, v4Body());
    expect([answer.status, answer.json()]).toMatchObject([403, { error: 'Forbidden' }]);
    const [token, signOut] = [{ access_token: server.visitor.token }, { cookie: await enter() }];
    for (const [method, headers, body] of [
      ['POST', {}, token],
      ['DELETE', signOut, undefined],
    ] as const) {
      const refused = await server.request(method, '/v4/session', {
        headers: { authorization: '', ...headers },
        body,
      });
      expect(refused.status).toBe(403);
    }
    expect((await ask(signOut.cookie)).status).toBe(200);
  });

  test.each([
    ['Origin', { origin: 'https://evil.example.com' }, 'DELETE'],
    ['Origin', { origin: 'null' }, 'DELETE'],
    ['Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }, 'DELETE'],
    ['Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }, 'GET'],
  ])('is known by %s %j', async (_name, headers, method) => {
    expect((await ask(await enter(), '/v4/session', method, { ...ours, ...headers })).status).toBe(403);
  });

  test('is told apart from a page of ours', async () => {
    const headers = { ...ours, origin: server.origin, 'sec-fetch-site': 'same-origin' };
    expect((await ask(await enter(), '/v4/session', 'DELETE', headers)).status).toBe(200);
    await using own = await startTestServer({ settings: { publicUrl: 'https://example.com' } });
    const body = { access_token: own.visitor.token };
    expect((await signIn(body, own, { origin: 'https://example.com' })).status).toBe(200);
    expect((await signIn(body, own, { origin: 'http://example.com' })).status).toBe(403);
  });

  test('and programs with a token do not mind each other', async () => {
    const headers = { origin: 'https://elsewhere.example.com', 'sec-fetch-site': 'cross-site' };
    expect((await server.request('POST', '/v3/sessions/ephemeral', { headers })).status).toBe(200);
  });
});

describe('signing in', () => {
  test('is refused without a right token, and too many tries are a 429', async () => {
    await using limited = await startTestServer({ settings: { failedLoginsPerMinute: 2 } });
    const statuses: number[] = [];
    for (const body of [
      { access_token: 'ac_wrong' },
      { ephemeral_token: 'ep_wrong' },
      { ephemeral_token: 'ep_wrong' },
      { access_token: 'ac_wrong' },
    ])
      statuses.push((await signIn(body, limited)).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
  });

  test.each([[{}], [{ access_token: 1 }], [{ access_token: 'a', ephemeral_token: 'b' }], [[]]])(
    'needs one token: %j is a bad body',
    async (body) => {
      const answer = await signIn(body);
      expect([answer.status, answer.json()]).toMatchObject([400, { error: 'InvalidBody' }]);
    },
  );

  test('takes no import token', async () => {
    const { value } = await server.accounts.issueToken(server.visitor.accountId, { kind: 'import' });
    expect((await signIn({ access_token: value })).status).toBe(401);
  });
});
