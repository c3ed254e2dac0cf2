import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { connected, connection } from '../../test/support/http-destinations.ts';
import { failedStep } from '../../test/support/scripted-type.ts';
import { startTestServer, type TestServer } from '../../test/support/test-server.ts';
import {
  type AccountEvent,
  type Client,
  ConnectionError,
  createClient,
  type Destination,
  type Load,
  type ReportCard,
} from '../src/index.ts';

const refused = failedStep('connect', 'connection_refused');
/** Connects to everything but this host. */
const unreachable = 'nowhere.example.com';
const postgres = connected('postgres', async (_context, { host }) =>
  host === unreachable
    ? { steps: [refused], failure: refused, refused: false }
    : { steps: [], failure: null, refused: false },
);

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startTestServer({ types: [postgres] });
  client = createClient({ baseUrl: server.origin, token: server.visitor.token });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const aDestination = { type: 'postgres', properties: connection() };

describe('a destination', () => {
  test('is made, read, changed, looked at and deleted', async () => {
    const made = await client.destinations.create({ ...aDestination, name: 'Warehouse' }, { wait: 20 });
    const { id } = made.destination;
    expect(made).toMatchObject({ destination: { name: 'Warehouse', type: 'postgres' }, revision: '"1"' });
    const check = await client.destinations.waitForCheck(id, made.checkName);
    expect(check).toMatchObject({ name: made.checkName, status: 'succeeded', revision: 1 });
    const changed = await client.destinations.update(id, { properties: { host: unreachable } });
    expect(changed.revision).toBe('"2"');
    expect(await client.destinations.waitForCheck(id, changed.checkName)).toMatchObject({
      status: 'failed',
      steps: [refused],
    });
    expect(await client.destinations.get(id)).toMatchObject({
      revision: '"2"',
      destination: { properties: { host: unreachable } },
    });
    expect(await client.destinations.lastCheck(id)).toMatchObject({ error: true });
    expect(await client.destinations.check(id, { wait: 20 })).toMatchObject({
      status: 'failed',
      origin: 'requested',
    });
    expect(await client.destinations.checks(id, { limit: 2 })).toHaveLength(2);
    expect(await client.destinations.history(id)).toMatchObject([
      { action: 'updated' },
      { action: 'created' },
    ]);
    expect((await client.destinations.list()).map((each) => each.id)).toContain(id);
    await client.destinations.delete(id);
    await expect(client.destinations.get(id)).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'InvalidId',
    });
  });

  test('is made once, though the request is sent twice', async () => {
    const options = { idempotencyKey: crypto.randomUUID() };
    const first = await client.destinations.create(aDestination, options);
    const second = await client.destinations.create(aDestination, options);
    expect(second.destination.id).toBe(first.destination.id);
    await expect(client.destinations.create({ ...aDestination, name: 'x' }, options)).rejects.toMatchObject({
      name: 'UnprocessableError',
      code: 'IdempotencyMismatch',
    });
  });

  test('is not changed by a strict update whose check fails, which tells the steps', async () => {
    const { destination } = await client.destinations.create(aDestination);
    const update = client.destinations.update(
      destination.id,
      { properties: { host: unreachable } },
      { strict: true },
    );
    await expect(update).rejects.toMatchObject({ name: 'CheckFailedError', status: 422, steps: [refused] });
    expect((await client.destinations.get(destination.id)).revision).toBe('"1"');
  });

  test('is not changed over the head of somebody else', async () => {
    const { destination, revision } = await client.destinations.create(aDestination);
    await client.destinations.update(destination.id, { name: 'theirs' });
    const update = client.destinations.update(destination.id, { name: 'ours' }, { ifRevision: revision });
    await expect(update).rejects.toMatchObject({ name: 'RevisionMismatchError', data: { revision: 2 } });
  });

  test('is tried out without being saved', async () => {
    expect(await client.destinations.tryOut('postgres', connection({ host: unreachable }))).toEqual({
      status: 'failed',
      error: true,
      steps: [refused],
    });
  });

  test('has a type, with its form', async () => {
    expect((await client.destinations.types()).map(({ type }) => type)).toContain('postgres');
    expect(await client.destinations.type('postgres')).toMatchObject({ details: { access: true } });
    const forms = await client.destinations.forms();
    expect(forms.find(({ type }) => type === 'postgres')).toMatchObject({ title: 'PostgreSQL' });
  });

  test('is not waited for longer than asked', async () => {
    const { destination } = await client.destinations.create(aDestination);
    const waiting = client.destinations.waitForCheck(destination.id, 'none', { timeout: 0 });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('sources', () => {
  test('are made, mapped, paused, and deleted, with their tokens', async () => {
    const visitor = await server.enter();
    const own = createClient({ baseUrl: server.origin, token: visitor.token });
    const { destination } = await own.destinations.create(aDestination);
    const source = await own.sources.create({ type: 'import_api', display_name: 'My Shop' });
    expect(source).toMatchObject({ name: 'my_shop', destination_id: destination.id });
    const token = await own.sources.createToken(source.id);
    expect(token.access_token).toMatch(/^at_/);
    expect(await own.sources.tokens(source.id)).toEqual([token.id]);
    await own.sources.revokeToken(source.id, token.id);
    expect(await own.sources.tokens(source.id)).toEqual([]);
    const paused = await own.sources.update(source.id, { paused_at: '2026-01-01T00:00:00Z' });
    expect(paused.paused_at).not.toBeNull();
    expect(await own.sources.batches(source.id, { state: 'ready', limit: 5 })).toEqual([]);
    expect(await own.sources.rejected(source.id)).toEqual([]);
    expect(await own.sources.rejections(source.id, { table: 'orders' })).toEqual([]);
    expect(await own.sources.activity({ sourceId: source.id })).toMatchObject({ points: [] });
    expect(await own.sources.delete(source.id)).toMatchObject({ discardedBatches: 0 });
    expect(await own.sources.list()).toMatchObject([{ id: source.id, deleted_at: expect.any(String) }]);
  });
});

test('long lists come page after page', async () => {
  const asked: string[] = [];
  const page = (number: number, next?: string) => ({
    data: [number],
    page: number,
    total: 2,
    links: next ? { next } : {},
  });
  const paged = createClient({
    baseUrl: server.origin,
    token: server.visitor.token,
    fetch: async (input, init) => {
      const url = String(input);
      if (url.endsWith('/v4/account')) return await fetch(input, init);
      asked.push(new URL(url).search);
      return Response.json(asked.length === 1 ? page(1, '/next') : page(2));
    },
  });
  const found: unknown[] = [];
  for await (const load of paged.sources.loads()) found.push(load);
  expect(found).toEqual([1, 2]);
  expect(asked).toEqual(['?page=1', '?page=2']);
  expect(await client.sources.loads().page()).toMatchObject({ data: [], total: 0, links: {} });
  expect(await client.sources.schemaChanges({ table: 'orders' }).page()).toMatchObject({ total: 0 });
});

test('hooks are made, tested, switched off and deleted', async () => {
  const { destination } = await client.destinations.create(aDestination);
  const config = { url: 'http://127.0.0.1:9/hook' };
  const hook = await client.hooks.create({ type: 'post_load', destination_id: destination.id, config });
  expect((await client.hooks.list()).post_load.map(({ id }) => id)).toContain(hook.id);
  expect(await client.hooks.test(hook.id)).toMatchObject({ test: true, hook_id: hook.id });
  expect(await client.hooks.deliveries(hook.id)).toHaveLength(1);
  expect((await client.hooks.enable(hook.id, false)).disabled_at).not.toBeNull();
  await client.hooks.delete(hook.id);
  await expect(client.hooks.deliveries(hook.id)).rejects.toMatchObject({ name: 'NotFoundError' });
});

describe('an error', () => {
  test('says what, where, and what helps', async () => {
    const { properties } = aDestination;
    const create = client.destinations.create({ type: 'postgres', properties: { ...properties, port: 'x' } });
    const error = await create.catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: 'BadRequestError',
      status: 400,
      code: 'InvalidProperties',
      badProperties: ['port'],
      remedy: expect.stringMatching(/^port: /),
      requestId: expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(error).toBeInstanceOf(Error);
  });

  test.each([
    [
      'a wrong token',
      { token: 'ac_wrong' },
      { name: 'AuthenticationError', code: 'Unauthorized', status: 401 },
    ],
    ['no server', { baseUrl: 'http://127.0.0.1:9', retries: 0 }, { name: 'ConnectionError', status: 0 }],
  ])('for %s has a class of its own', async (_what, options, expected) => {
    const other = createClient({ baseUrl: server.origin, token: server.visitor.token, ...options });
    await expect(other.account()).rejects.toMatchObject(expected);
  });

  test('for what is no answer of ours still says something', async () => {
    const behind = (status: number, body: string) =>
      createClient({
        baseUrl: server.origin,
        token: 't',
        retries: 0,
        fetch: async () => new Response(body, { status }),
      });
    await expect(behind(502, '<html>bad gateway</html>').account()).rejects.toMatchObject({
      name: 'ServerError',
      code: 'Status502',
      message: '<html>bad gateway</html>',
    });
    await expect(behind(418, '').account()).rejects.toMatchObject({ name: 'BackstitchError', status: 418 });
    await expect(behind(200, 'not json').account()).rejects.toBeInstanceOf(ConnectionError);
  });

  test('never repeats the token', async () => {
    const secret = 'ac_a-secret-that-nobody-shall-see-0123456789';
    for (const baseUrl of [server.origin, 'http://127.0.0.1:9']) {
      const error = (await createClient({ baseUrl, token: secret, retries: 0 })
        .account()
        .catch((e) => e)) as Error;
      expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(secret);
    }
  });
});

describe('a call', () => {
  const failing = (failures: number, failure: () => Promise<Response>) => {
    const calls: string[] = [];
    const own = createClient({
      baseUrl: server.origin,
      token: server.visitor.token,
      fetch: async (input, init) => {
        calls.push(init?.method ?? 'GET');
        return calls.length <= failures ? await failure() : await fetch(input, init);
      },
    });
    return { own, calls };
  };
  const unavailable = async () => Response.json({ error: 'Overloaded' }, { status: 503 });
  const cut = async () => {
    throw new TypeError('fetch failed');
  };

  test.each([
    ['no room', unavailable],
    ['a broken connection', cut],
  ])('that reads is repeated after %s', async (_what, failure) => {
    const { own, calls } = failing(2, failure);
    expect(await own.account()).toMatchObject({ id: server.visitor.accountId });
    expect(calls).toHaveLength(3);
  });

  test('that changes something is not, unless it has an idempotency key', async () => {
    const update = failing(1, cut);
    await expect(update.own.destinations.update(1, {})).rejects.toBeInstanceOf(ConnectionError);
    expect(update.calls).toHaveLength(1);
    const create = failing(1, cut);
    expect(await create.own.destinations.create(aDestination)).toMatchObject({ revision: '"1"' });
  });

  test('ends when its signal says so, with the reason of the signal', async () => {
    const reason = new Error('enough');
    await expect(client.account({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const { own } = failing(9, unavailable);
    await expect(own.account({ signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  test('takes a path in front of the server', async () => {
    const asked: string[] = [];
    const own = createClient({
      baseUrl: 'https://example.com/backstitch/',
      token: 't',
      fetch: async (input) => {
        asked.push(String(input));
        return Response.json({ id: 1 });
      },
    });
    await own.account();
    expect(asked).toEqual(['https://example.com/backstitch/v4/account']);
  });
});

test('a browser signs in and out, and a token makes what it needs for that', async () => {
  const ephemeral_token = await client.sessions.createEphemeralToken();
  let cookie = '';
  const browser = createClient({
    baseUrl: server.origin,
    fetch: async (input, init) => {
      const answer = await fetch(input, { ...init, headers: { ...(init?.headers as object), cookie } });
      cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
      return answer;
    },
  });
  const session = await browser.sessions.signIn({ ephemeral_token });
  expect(session.account_id).toBe(server.visitor.accountId);
  expect(await browser.sessions.current()).toEqual(session);
  expect(await browser.destinations.create(aDestination)).toMatchObject({ revision: '"1"' });
  await browser.sessions.signOut();
  await expect(browser.sessions.current()).rejects.toMatchObject({ name: 'AuthenticationError' });
});

test('the types are those of the wire', () => {
  expectTypeOf<Destination['report_card']>().toEqualTypeOf<ReportCard>();
  expectTypeOf<Destination['description']>().toEqualTypeOf<string | null>();
  expectTypeOf<AccountEvent['type']>().toEqualTypeOf<
    | 'check.step'
    | 'check.completed'
    | 'load.planned'
    | 'load.loaded'
    | 'load.failed'
    | 'records.rejected'
    | 'table.changed'
    | 'destination.changed'
    | 'destination.deleted'
  >();
  expectTypeOf(client.sources.loads()[Symbol.asyncIterator]().next).returns.resolves.toExtend<
    IteratorResult<Load>
  >();
  expectTypeOf(client.events().next).returns.resolves.toExtend<IteratorResult<{ id: string }>>();
});
