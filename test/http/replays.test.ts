import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected, v4Body } from '../support/http-destinations.ts';
import { success } from '../support/scripted-type.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  const telling = connected('postgres', async ({ onStep }) => {
    for (const step of success.steps) onStep(step.name, step);
    return success;
  });
  server = await startTestServer({ types: [telling] });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const made = async (path: string, body: object): Promise<number> => {
  const answer = await server.request('POST', path, { body });
  expect(answer.status).toBe(200);
  return (answer.json() as { id: number }).id;
};

/** A source with a loaded batch, and another destination. */
async function loadedSource() {
  const destination = await made('/v4/destinations', v4Body());
  const other = await made('/v4/destinations', v4Body());
  const source = await made('/v4/sources', {
    type: 'import_api',
    display_name: `Shop ${number++}`,
    destination_id: destination,
  });
  const issued = await server.request('POST', `/v4/sources/${source}/tokens`);
  const { access_token: token } = issued.json() as { access_token: string };
  const sent = await server.request('POST', '/v2/import/batch', {
    headers: { authorization: `Bearer ${token}` },
    body: {
      table_name: 'orders',
      key_names: ['id'],
      schema: {},
      messages: [{ action: 'upsert', sequence: 1, data: { id: 1 } }],
    },
  });
  expect(sent.status).toBe(201);
  const { loads } = server.store;
  const plan = { owner: 'test', limit: 9, leaseMilliseconds: 9_000, maxBytes: 9_000, maxBatches: 9 };
  for (const { loadId, fence } of await loads.plan(plan))
    await loads.complete({ loadId, fence, rowsLoaded: 1, rowsRejected: 0, droppedAsOlder: 0 });
  return { source, destination, other };
}
let number = 1;

test('POST replay answers with what will be loaded, and the replay is listed, shown and cancelled', async () => {
  const { source, other } = await loadedSource();
  const since = '2020-01-01T00:00:00Z';
  const body = { destination_id: other, tables: ['orders'], since };
  const started = await server.request('POST', `/v4/sources/${source}/replay`, { body });
  expect(started.status).toBe(200);
  const replay = started.json() as { id: number };
  expect(replay).toMatchObject({
    source_id: source,
    destination_id: other,
    state: 'loading',
    since,
    batches: 1,
    batches_remaining: 1,
    records: 1,
    tables: [{ table_name: 'orders', batches: 1, missing_until: null, error: null }],
  });
  const at = `/v4/sources/${source}/replays`;
  expect((await server.request('GET', at)).json()).toEqual([replay]);
  expect((await server.request('GET', `${at}/${replay.id}`)).json()).toEqual(replay);
  // Its tables are no tables of the account beside those that it repeats.
  const { accountId: client } = server.visitor;
  const activity = (await server.request('GET', `/v4/${client}/activity`)).json() as { tables: object[] };
  expect(activity.tables).toMatchObject([{ source_id: source, table_name: 'orders', batches_waiting: 0 }]);
  const again = await server.request('POST', `/v4/sources/${source}/replay`, { body });
  expect([again.status, again.json()]).toMatchObject([
    409,
    { error: 'ReplayUnderWay', message: expect.stringContaining(`Replay ${replay.id} `) },
  ]);
  const cancelled = await server.request('DELETE', `${at}/${replay.id}`);
  expect(cancelled.json()).toMatchObject({ state: 'cancelled', batches_remaining: 0 });
  expect((await server.request('GET', '/v4/sources')).json()).toHaveLength(1);
});

test('POST replay says what is wrong: the source, the destination, tables, times, and the body', async () => {
  const { source, other } = await loadedSource();
  const post = async (path: string, body: object) => {
    const answer = await server.request('POST', path, { body });
    return [answer.status, (answer.json() as { error?: string }).error];
  };
  const to = `/v4/sources/${source}/replay`;
  expect(await post('/v4/sources/999999/replay', { destination_id: other })).toEqual([400, 'InvalidId']);
  expect(await post(to, { destination_id: 999_999 })).toEqual([400, 'InvalidId']);
  expect(await post(to, { destination_id: other, tables: ['none'] })).toEqual([400, 'UnknownTable']);
  expect(await post(to, { destination_id: other, since: '2100-01-01T00:00:00Z' })).toEqual([
    409,
    'NothingRetained',
  ]);
  for (const body of [
    {},
    { destination_id: 'x' },
    { destination_id: other, tables: [] },
    { destination_id: other, since: 'yesterday' },
    { destination_id: other, force: 1 },
    { destination_id: other, table: 'orders' },
  ])
    expect(await post(to, body)).toEqual([400, 'InvalidBody']);
  await server.request('PUT', `/v4/sources/${source}`, { body: { paused_at: '2026-01-01T00:00:00Z' } });
  expect(await post(to, { destination_id: other })).toEqual([409, 'SourcePaused']);
  for (const id of ['999999', 'x'])
    for (const method of ['GET', 'DELETE'] as const) {
      const answer = await server.request(method, `/v4/sources/${source}/replays/${id}`);
      expect([answer.status, answer.json()]).toMatchObject([400, { error: 'InvalidId' }]);
    }
});
