import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoadResult } from '../../src/model/load-result.ts';
import { accept, anOutcome, aPlan, aSource, aStreamError } from '../store/records-under-test.ts';
import { required } from '../store/store-under-test.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { type EventReader, readEvents } from '../support/event-reader.ts';
import { connected, type V4Destination, v4Body } from '../support/http-destinations.ts';
import { failedStep, passedStep } from '../support/scripted-type.ts';
import { startTestServer, type TestServer, type Visitor } from '../support/test-server.ts';

const steps = [passedStep('resolve'), failedStep('connect', 'connection_refused')];
/** A check of two steps, the second of which fails, that tells of both. */
const types = [
  connected('postgres', async ({ onStep }) => {
    for (const step of steps) {
      onStep(step.name, null);
      onStep(step.name, step);
    }
    return { steps, failure: steps[1] ?? null, refused: false };
  }),
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ types });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const watch = async (
  on: TestServer,
  as: Visitor,
  headers: Record<string, string> = {},
): Promise<EventReader> =>
  await readEvents(`${on.origin}/v4/events`, { authorization: `Bearer ${as.token}`, ...headers });

const makeDestination = async (on: TestServer, as: Visitor): Promise<V4Destination> =>
  (await on.request('POST', '/v4/destinations', { as, body: v4Body() })).json<V4Destination>();

/** A load of a source of its own, planned and not ended. */
async function planLoad(on: TestServer, { accountId }: Visitor) {
  const account = required(await on.store.accounts.get(accountId));
  const source = await on.store.sources.create(aSource(account));
  const [batchId = ''] = await accept(on.store, source, 1);
  const planned = await on.store.loads.plan(aPlan({ owner: source.name, limit: 100 }));
  return { source, batchId, load: required(planned.find((each) => each.source.id === source.id)) };
}

const resultOf = (batchId: string): LoadResult => ({
  tables: [],
  rejections: [{ batchId, position: 0, table: 'orders', reason: 'too big', kind: 'record' }],
  schemaChanges: [
    { table: 'orders', kind: 'table_created', before: null, after: 'id bigint', dependentViews: [] },
  ],
});

describe('the stream of events', () => {
  test('is one that browsers and proxies understand', async () => {
    await using reader = await watch(server, await server.enter());
    expect(reader.status).toBe(200);
    expect(reader.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(reader.headers).toMatchObject({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    expect(reader.text).toMatch(/^retry: \d+\n\n/);
  });

  test('needs a token', async () => {
    const answer = await server.request('GET', '/v4/events', { headers: { authorization: '' } });
    expect(answer.status).toBe(401);
  });

  test('is there for the session of a browser too', async () => {
    const visitor = await server.enter();
    const signedIn = await server.request('POST', '/v4/session', {
      headers: { authorization: '', 'backstitch-session': '1' },
      body: { access_token: visitor.token },
    });
    const [cookie = ''] = signedIn.headers['set-cookie']?.[0]?.split(';') ?? [];
    await using reader = await readEvents(`${server.origin}/v4/events`, { cookie });
    const { id } = await makeDestination(server, visitor);
    await reader.find(({ data }) => data.type === 'check.completed' && data.destination_id === id);
  });

  test('tells the steps of a check as they begin and end, and then how it went', async () => {
    const visitor = await server.enter();
    await using reader = await watch(server, visitor);
    const { id, check_job_name: name } = await makeDestination(server, visitor);
    const completed = await reader.find(({ event }) => event === 'check.completed');
    expect(completed.data).toMatchObject({
      destination_id: id,
      check: { name, status: 'failed', steps },
    });
    expect(
      reader.ofType('check.step').map(({ data }) => [data.check_name, data.step_name, data.step]),
    ).toEqual([
      [name, 'resolve', null],
      [name, 'resolve', steps[0]],
      [name, 'connect', null],
      [name, 'connect', steps[1]],
    ]);
  });

  test('tells the steps of a check without saving', async () => {
    const visitor = await server.enter();
    await using reader = await watch(server, visitor);
    const { properties } = v4Body();
    await server.request('POST', '/v4/destination-types/postgres/check', {
      as: visitor,
      body: { properties },
    });
    const step = await reader.find(({ data }) => data.step_name === 'connect' && data.step !== null);
    expect(step.data).toMatchObject({ destination_id: null, step: { code: 'connection_refused' } });
  });

  test('tells of loads, of what they rejected and how they changed tables', async () => {
    const visitor = await server.enter();
    const { id: destinationId } = await makeDestination(server, visitor);
    await using reader = await watch(server, visitor);
    const { source, load, batchId } = await planLoad(server, visitor);
    const { loadId } = load;
    const ofTable = { source_id: source.id, source_name: source.name, table_name: 'orders' };
    const planned = await reader.find(({ event }) => event === 'load.planned');
    const ofLoad = { ...ofTable, destination_id: destinationId, load_id: loadId, batches: 1 };
    expect(planned.data).toMatchObject({ ...ofLoad, bytes: 100 });
    await server.store.loads.complete(anOutcome(load, { rowsRejected: 1, result: resultOf(batchId) }));
    const loaded = await reader.find(({ event }) => event === 'load.loaded');
    expect(loaded.data).toMatchObject({ ...ofLoad, rows_loaded: 1, rows_rejected: 1, dropped_as_older: 0 });
    expect(reader.ofType('records.rejected')).toMatchObject([
      { data: { ...ofTable, load_id: loadId, batch_id: batchId, records: 1, values: 0, reason: 'too big' } },
    ]);
    expect(reader.ofType('table.changed')).toMatchObject([
      { data: { change: { kind: 'table_created', table_name: 'orders', load_id: loadId } } },
    ]);
    expect(reader.ofType('load.planned')).toHaveLength(1);
  });

  test('tells that a load failed, each time', async () => {
    const visitor = await server.enter();
    await makeDestination(server, visitor);
    await using reader = await watch(server, visitor);
    const { load } = await planLoad(server, visitor);
    const { loadId, fence } = load;
    const failure = { loadId, fence, error: aStreamError(), blocked: true, retryAt: 1 };
    await server.store.loads.fail(failure);
    const failed = await reader.find(({ event }) => event === 'load.failed');
    expect(failed.data).toMatchObject({ message: 'The destination is down.', blocked: true, code: '57P01' });
    const again = await server.store.loads.plan(aPlan({ owner: 'another', limit: 100 }));
    const taken = required(again.find((each) => each.loadId === loadId));
    await server.store.loads.fail({ ...failure, fence: taken.fence });
    await until(() => expect(reader.ofType('load.failed')).toHaveLength(2));
  });

  test('tells who changed which properties of a destination, and that it was deleted', async () => {
    const visitor = await server.enter();
    const { id } = await makeDestination(server, visitor);
    await using reader = await watch(server, visitor);
    const path = `/v4/destinations/${id}`;
    const body = { properties: { host: 'other.example.com', password: 'second-password' } };
    await server.request('PUT', path, { as: visitor, body });
    const changed = await reader.find(({ event }) => event === 'destination.changed');
    expect(changed.data).toMatchObject({
      destination_id: id,
      action: 'updated',
      revision: 2,
      actor: `token:${visitor.tokenId}`,
      properties: expect.arrayContaining(['host', 'password']),
    });
    await server.request('DELETE', path, { as: visitor });
    expect((await reader.find(({ event }) => event === 'destination.deleted')).data).toMatchObject({
      destination_id: id,
    });
    expect(reader.text).not.toContain('second-password');
  });

  test("tells nothing of another account's", async () => {
    const [visitor, stranger] = [await server.enter(), await server.enter()];
    await using reader = await watch(server, visitor);
    const foreign = await makeDestination(server, stranger);
    await server.request('DELETE', `/v4/destinations/${foreign.id}`, { as: stranger });
    const { id } = await makeDestination(server, visitor);
    await reader.find(({ event }) => event === 'check.completed');
    expect(reader.events.map(({ data }) => data.destination_id)).toSatisfy((ids: unknown[]) =>
      ids.every((each) => each === id),
    );
  });
});

describe('a stream that was cut', () => {
  test('goes on after the event that was the last one, without a gap and without telling twice', async () => {
    const visitor = await server.enter();
    const before = await watch(server, visitor);
    const { id } = await makeDestination(server, visitor);
    await before.find(({ event }) => event === 'check.completed');
    const seen = before.events;
    await before[Symbol.asyncDispose]();
    await server.request('DELETE', `/v4/destinations/${id}`, { as: visitor });
    await using after = await watch(server, visitor, { 'last-event-id': required(seen[1]?.id) });
    await after.find(({ event }) => event === 'destination.deleted');
    expect(after.events.slice(0, seen.length - 2)).toEqual(seen.slice(2));
    expect(new Set(after.events.map((each) => each.id)).size).toBe(after.events.length);
  });

  test('goes on where it was when nothing had happened yet', async () => {
    const visitor = await server.enter();
    const before = await watch(server, visitor);
    const { lastId } = before;
    await before[Symbol.asyncDispose]();
    await makeDestination(server, visitor);
    await using after = await readEvents(
      `${server.origin}/v4/events?last_event_id=${encodeURIComponent(required(lastId))}`,
      { authorization: `Bearer ${visitor.token}` },
    );
    await after.find(({ event }) => event === 'check.completed');
  });

  test.each([['1000000000000-load.loaded:1'], ['of-another-server']])(
    'for too long is reset: %s',
    async (lastEventId) => {
      const visitor = await server.enter();
      await using reader = await watch(server, visitor, { 'last-event-id': lastEventId });
      await makeDestination(server, visitor);
      await reader.find(({ event }) => event === 'check.completed');
      expect(reader.events[0]).toMatchObject({ event: 'reset', data: { type: 'reset', reason: 'too_old' } });
    },
  );

  test('with what can be no id is a bad query', async () => {
    const answer = await server.request('GET', '/v4/events', { headers: { 'last-event-id': 'a b' } });
    expect([answer.status, answer.json()]).toMatchObject([400, { error: 'InvalidQuery' }]);
  });
});

describe('streams', () => {
  test('of an account are twenty at most, and one that ends makes room', async () => {
    const visitor = await server.enter();
    await using open = new AsyncDisposableStack();
    for (let count = 0; count < 20; count += 1) open.use(await watch(server, visitor));
    const refused = await server.request('GET', '/v4/events', { as: visitor });
    expect([refused.status, refused.json()]).toMatchObject([429, { error: 'TooManyRequests' }]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await using _other = await watch(server, await server.enter());
    await open.disposeAsync();
    await until(async () => {
      const reader = await watch(server, visitor);
      await reader[Symbol.asyncDispose]();
      expect(reader.status).toBe(200);
    });
  });

  test('end when the server stops, which does not wait for them', async () => {
    const stopping = await startTestServer({ types });
    await using reader = await watch(stopping, stopping.visitor);
    await stopping[Symbol.asyncDispose]();
    expect(await reader.find(({ event }) => event === 'end')).toMatchObject({
      data: { type: 'end', reason: 'server_stops' },
    });
    await until(() => expect(reader.ended).toBe(true));
  });
});

test('servers on one store tell the same, and a stream that was cut at one goes on at the other', async () => {
  await using database = await createTestDatabase();
  const options = { storeUrl: database.url, types, masterKey: Buffer.alloc(32, 7) };
  await using one = await startTestServer(options);
  await using other = await startTestServer(options);
  const { visitor } = one;
  await using here = await watch(one, visitor);
  await using there = await watch(other, visitor);
  const { id } = await makeDestination(one, visitor);
  const isDone = ({ event }: { event: string }) => event === 'check.completed';
  const [first, second] = [await here.find(isDone), await there.find(isDone)];
  expect(second).toEqual(first);
  await one.request('DELETE', `/v4/destinations/${id}`, { as: visitor });
  await using late = await startTestServer(options);
  await using after = await watch(late, visitor, { 'last-event-id': required(first.id) });
  await after.find(({ event }) => event === 'destination.deleted');
  expect(after.ofType('reset')).toEqual([]);
});

test('a stream ends when its token is revoked', async () => {
  await using own = await startTestServer({ types, settings: { eventBeatMilliseconds: 20 } });
  await using reader = await watch(own, own.visitor);
  await until(() => expect(reader.text).toContain(': still here'));
  await own.store.tokens.revoke(own.visitor.accountId, own.visitor.tokenId);
  expect(await reader.find(({ event }) => event === 'end')).toMatchObject({ data: { reason: 'signed_out' } });
});
