import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected, connection } from '../../test/support/http-destinations.ts';
import { startTestServer, type TestServer } from '../../test/support/test-server.ts';
import { createClient, type WatchedEvent } from '../src/index.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    types: [connected('postgres')],
    settings: { eventBeatMilliseconds: 100 },
  });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

/** Lets the test know when a stream is there, and cuts it. */
function cuttable() {
  const streams: AbortController[] = [];
  const opened: (() => void)[] = [];
  const cutting: typeof fetch = async (input, init) => {
    if (!String(input).includes('/v4/events')) return await fetch(input, init);
    const cut = new AbortController();
    const signals = [cut.signal, ...(init?.signal ? [init.signal] : [])];
    const answer = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    streams.push(cut);
    for (const each of opened.splice(0)) each();
    return answer;
  };
  return {
    fetch: cutting,
    /** Of all streams so far. */
    count: () => streams.length,
    cut: () => streams.at(-1)?.abort(),
    next: () => new Promise<void>((resolve) => opened.push(resolve)),
  };
}

const aDestination = { type: 'postgres', properties: connection() };

test('events come in order, each once, though the connection breaks again and again', async () => {
  const visitor = await server.enter();
  const wire = cuttable();
  const client = createClient({ baseUrl: server.origin, token: visitor.token, fetch: wire.fetch });
  const found: WatchedEvent[] = [];
  const events = client.events();
  const begun = wire.next();
  const first = events.next();
  await begun;
  const { destination } = await client.destinations.create(aDestination, { wait: 20 });
  found.push((await first).value);
  for (const name of ['one', 'two', 'three']) {
    wire.cut();
    await client.destinations.update(destination.id, { name });
    for (;;) {
      const { value } = await events.next();
      found.push(value);
      if (value.type === 'destination.changed' && value.revision === found.filter(isChange).length) break;
    }
  }
  await events.return(undefined as never);
  expect(found.filter(isChange).map((event) => 'revision' in event && event.revision)).toEqual([1, 2, 3, 4]);
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  expect(wire.count()).toBeGreaterThan(3);
  expect(found.some(({ type }) => type === 'reset')).toBe(false);
});

const isChange = ({ type }: WatchedEvent): boolean => type === 'destination.changed';

test('a watcher that comes back too late is told that events are missing', async () => {
  const client = createClient({ baseUrl: server.origin, token: server.visitor.token });
  const events = client.events({ lastEventId: '1000000000000-load.loaded:1' });
  expect((await events.next()).value).toMatchObject({ type: 'reset', reason: 'too_old' });
  await events.return(undefined as never);
});

test('watching ends when the signal says so', async () => {
  const client = createClient({ baseUrl: server.origin, token: server.visitor.token });
  const reason = new Error('enough');
  const stop = new AbortController();
  const next = client.events({ signal: stop.signal }).next();
  stop.abort(reason);
  await expect(next).rejects.toBe(reason);
});

test('watching ends when the token does not work any more', async () => {
  const visitor = await server.enter();
  const wire = cuttable();
  const client = createClient({ baseUrl: server.origin, token: visitor.token, fetch: wire.fetch });
  const begun = wire.next();
  const next = client.events().next();
  await begun;
  await server.store.tokens.revoke(visitor.accountId, visitor.tokenId);
  await expect(next).rejects.toMatchObject({ name: 'AuthenticationError' });
});
