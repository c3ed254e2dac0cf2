import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected, type V3Destination, v3Body } from '../support/http-destinations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** A destination that is read again and again is sent from memory; whatever changes it must show at once. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const settled = { prefer: 'wait=20' };

async function create(): Promise<number> {
  const answer = await server.request('POST', '/v3/destinations', { headers: settled, body: v3Body() });
  return answer.json<V3Destination>().id;
}

test.each(['v3', 'v4'])('%s shows an update, a finished check and a deletion at once', async (version) => {
  const id = await create();
  const read = async () => await server.request('GET', `/${version}/destinations/${id}`);
  expect((await read()).text).toBe((await read()).text);
  for (let round = 0; round < 20; round++) {
    const database = `round_${round}`;
    await server.request('PUT', `/v4/destinations/${id}`, { body: { properties: { database } } });
    const answer = await read();
    expect(answer.text).toContain(database);
    expect(answer.headers.etag).toBe(`"${round + 2}"`);
  }
  const checked = await server.request('PUT', `/${version}/destinations/${id}`, {
    headers: settled,
    body: version === 'v3' ? v3Body() : {},
  });
  expect((await read()).text).toBe(checked.text);
  await server.request('DELETE', `/v4/destinations/${id}`);
  expect((await read()).text).toBe('"invalid connection id"');
});

test('what was read for its owner is not shown to a stranger', async () => {
  const id = await create();
  const stranger = await server.enter();
  expect((await server.request('GET', `/v4/destinations/${id}`)).status).toBe(200);
  const answer = await server.request('GET', `/v4/destinations/${id}`, { as: stranger });
  expect([answer.status, answer.text]).toEqual([400, '"invalid connection id"']);
});

test('what another process commits is seen too', async () => {
  const id = await create();
  await server.request('GET', `/v4/destinations/${id}`);
  const { openStore } = await import('../../src/store/open-store.ts');
  await using other = await openStore({ url: 'sqlite', folder: server.folder, mode: 'shared' });
  await other.destinations.delete({ accountId: server.visitor.accountId, id, actor: 'cli' });
  expect((await server.request('GET', `/v4/destinations/${id}`)).text).toBe('"invalid connection id"');
});
