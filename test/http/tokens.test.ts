import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/lib/clock.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Runs when the test says so; what counts minutes sees it. */
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
  server = await startTestServer({ clock, settings: { failedLoginsPerMinute: 10_000 } });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const paths = ['/v3/destinations', '/v4/destinations', '/v4/account', '/v4/destination-types'];
const ask = async (authorization: string, path = '/v4/destinations') =>
  await server.request('GET', path, { headers: { authorization } });

describe('an access token', () => {
  test.each(['Bearer ', 'bearer ', 'BEARER  ', 'bearer\t', ''])('works after %j', async (scheme) => {
    for (const path of paths) expect((await ask(`${scheme}${server.visitor.token}`, path)).status).toBe(200);
  });

  test.each([
    ['none', ''],
    ['an empty one', 'Bearer'],
    ['an unknown one', 'Bearer ac_unknown'],
    ['one cut short', 'Bearer ac_'],
    ['another scheme', 'Token abc'],
    ['two', 'Bearer a b'],
    ['Basic credentials', 'Basic YTpi'],
    ['a very long one', `Bearer ${'x'.repeat(10_000)}`],
  ])('%s is a 401 in the shape of the contract', async (_what, authorization) => {
    for (const path of paths) {
      const answer = await ask(authorization, path);
      expect(answer.status).toBe(401);
      expect(answer.json()).toEqual({ error: 'Unauthorized', message: expect.any(String) });
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="backstitch"');
      expect(answer.headers['content-type']).toBe(
        path.startsWith('/v3') ? 'application/json;charset=ISO-8859-1' : 'application/json; charset=utf-8',
      );
    }
  });

  test('comes before everything else of a request', async () => {
    for (const path of ['/v3/destinations/abc', '/v4/destinations/abc']) {
      const answer = await server.request('PUT', path, { headers: { authorization: '' }, body: '{' });
      expect(answer.status).toBe(401);
    }
  });

  test('of the import kind does not work here', async () => {
    const token = await server.accounts.issueToken(server.visitor.accountId, { kind: 'import' });
    expect(token.value).toMatch(/^at_/);
    for (const path of paths) expect((await ask(`Bearer ${token.value}`, path)).status).toBe(401);
  });

  test('is random, prefixed, and stored hashed', async () => {
    const { accountId, token } = server.visitor;
    expect(token).toMatch(/^ac_[\w-]{43}$/);
    expect(JSON.stringify(await server.store.tokens.list(accountId))).not.toContain(token);
  });

  test('revoked by another process works for a second at most', async () => {
    const visitor = await server.enter();
    expect((await ask(`Bearer ${visitor.token}`)).status).toBe(200);
    await server.store.tokens.revoke(visitor.accountId, visitor.tokenId);
    clock.advance(1000);
    expect((await ask(`Bearer ${visitor.token}`)).status).toBe(401);
  });

  test('of a suspended account rests', async () => {
    const visitor = await server.enter();
    await server.store.accounts.setSuspended(visitor.accountId, true);
    expect((await ask(`Bearer ${visitor.token}`)).status).toBe(401);
    await server.store.accounts.setSuspended(visitor.accountId, false);
    expect((await ask(`Bearer ${visitor.token}`)).status).toBe(200);
  });
});

describe('too many', () => {
  test('wrong tokens from an address are a 429, but who works there with a right one goes on', async () => {
    const minute = testClock();
    await using limited = await startTestServer({ clock: minute, settings: { failedLoginsPerMinute: 3 } });
    const neighbour = await limited.enter();
    const guess = async () =>
      await limited.request('GET', '/v3/destinations', {
        headers: { authorization: `Bearer ac_${randomUUID()}` },
      });
    const works = async (token: string) =>
      (await limited.request('GET', '/v4/account', { headers: { authorization: token } })).status;
    expect(await works(limited.visitor.token)).toBe(200);
    const statuses = [];
    for (let round = 0; round < 5; round++) statuses.push((await guess()).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const refused = await guess();
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json()).toMatchObject({ error: 'TooManyRequests', message: expect.any(String) });
    minute.advance(1000);
    expect(await works(limited.visitor.token)).toBe(200);
    expect(await works(neighbour.token)).toBe(429);
    minute.advance(60_000);
    expect(await works(neighbour.token)).toBe(200);
  });

  test('requests of one token are a 429 where the operator has set a limit', async () => {
    await using limited = await startTestServer({ settings: { requestsPerMinute: 2 } });
    const other = await limited.enter();
    const statuses = [];
    for (let round = 0; round < 3; round++)
      statuses.push((await limited.request('GET', '/v3/destinations')).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await limited.request('GET', '/v4/destinations');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await limited.request('GET', '/v4/destinations', { as: other })).status).toBe(200);
  });

  test('forwarded addresses are believed from trusted proxies only', async () => {
    for (const [trustProxy, expected] of [
      [false, 429],
      [['127.0.0.1'], 401],
    ] as const) {
      await using limited = await startTestServer({ settings: { trustProxy, failedLoginsPerMinute: 1 } });
      const guess = async (address: string) =>
        await limited.request('GET', '/v4/account', {
          headers: { authorization: 'Bearer wrong', 'x-forwarded-for': address },
        });
      expect((await guess('192.0.2.1')).status).toBe(401);
      expect((await guess('192.0.2.2')).status).toBe(expected);
    }
  });
});

test('the account tells its quotas, its SSH key and where connections come from', async () => {
  await using open = await startTestServer({ policy: 'public', egressAddresses: ['192.0.2.10'] });
  await open.store.accounts.setQuota(open.visitor.accountId, { destinationLimit: 5 });
  const answer = await open.request('GET', '/v4/account');
  expect(answer.json()).toEqual({
    id: open.visitor.accountId,
    company: 'Example',
    region: 'us-east-1',
    created_at: expect.stringMatching(/Z$/),
    ssh_public_key: expect.stringMatching(/^ssh-ed25519 AAAA/),
    quotas: { destinations: { limit: 5, used: 0 }, checks_per_minute: 300 },
    egress_addresses: ['192.0.2.10'],
    network_policy: 'public',
    partner: null,
  });
});
