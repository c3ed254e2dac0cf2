import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoadResult, Rejection } from '../../src/model/load-result.ts';
import { connected } from '../support/http-destinations.ts';
import { createImportSource, type ImportSource } from '../support/import-source.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

interface Entry {
  readonly table_name: string;
  readonly kind: string;
  readonly reason: string;
  readonly position: number;
  readonly retried_at: string | null;
}

/** Sends a body, and loads it as a destination would that takes all records but these. */
async function sendAndReject(
  own: ImportSource,
  body: string,
  rejected: readonly Omit<Rejection, 'batchId' | 'table'>[],
  how: 'batch' | 'push' = 'batch',
  tables: LoadResult['tables'] = [],
): Promise<void> {
  const sent = await server.request('POST', `/v2/import/${how}`, {
    headers: { authorization: `Bearer ${own.token}`, 'content-type': 'application/json' },
    body,
  });
  expect(sent.status).toBe(201);
  await complete(own, (batchId, table) => ({
    tables,
    schemaChanges: [
      { table, kind: 'column_added', before: null, after: 'total double precision', dependentViews: [] },
    ],
    rejections: rejected.map((rejection) => ({ ...rejection, batchId, table })),
  }));
}

/** Completes every load that can be planned; returns their batches. */
async function complete(
  own: ImportSource,
  resultOf: (batchId: string, table: string) => LoadResult,
): Promise<{ id: string; records: number }[]> {
  const { destination } = { destination: await server.request('GET', `/v4/sources/${own.id}`) };
  expect(destination.status).toBe(200);
  const plan = { owner: 'test', limit: 50, leaseMilliseconds: 60_000, maxBytes: 1_000_000, maxBatches: 1 };
  const done: { id: string; records: number }[] = [];
  for (const { loadId, fence, batches, table, source } of await server.store.loads.plan(plan)) {
    const [batch] = batches;
    if (!batch || source.id !== own.id) {
      await server.store.loads.release({ loadId, fence });
      continue;
    }
    done.push(batch);
    const counts = { rowsLoaded: 1, rowsRejected: 1, droppedAsOlder: 0 };
    await server.store.loads.complete({ loadId, fence, ...counts, result: resultOf(batch.id, table) });
  }
  return done;
}

async function mappedSource(): Promise<ImportSource> {
  const made = await server.request('POST', '/v4/destinations', {
    body: {
      type: 'postgres',
      properties: {
        host: 'db.example.com',
        port: 5432,
        database: 'd',
        username: 'u',
        password: 'p',
        ssl: false,
      },
      ignore_unmapped_sources: true,
    },
    headers: { prefer: 'wait=20' },
  });
  const { id: destination_id } = made.json<{ id: number }>();
  const own = await createImportSource(server);
  await server.request('PUT', `/v4/sources/${own.id}`, { body: { destination_id } });
  return own;
}

const list = async <T = Entry>(own: ImportSource, query = ''): Promise<T[]> =>
  (await server.request('GET', `/v4/sources/${own.id}/rejected${query}`)).json<T[]>();
const lines = async (own: ImportSource, query = ''): Promise<string[]> => {
  const answer = await server.request('GET', `/v4/sources/${own.id}/rejected/records${query}`);
  expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
  return answer.text.split('\n').filter((line) => line !== '');
};
const retry = async (own: ImportSource, body?: object) =>
  await server.request('POST', `/v4/sources/${own.id}/rejected/retry`, body === undefined ? {} : { body });

const orders =
  '{"table_name":"orders","schema":{"type":"object"},"key_names":["id"],"table_version":7,"messages":[' +
  [0, 1, 2]
    .map(
      (id) =>
        `{"action":"upsert","sequence":170000000000000000${id},"time_extracted":"2026-01-02T03:04:05Z","data":{"id":${id},"total":12345678901234567890.123456789}}`,
    )
    .join(',') +
  ']}';

test('rejections are counted by table and reason, and listed one by one', async () => {
  const own = await mappedSource();
  expect(await list(own)).toEqual([]);
  await sendAndReject(own, orders, [
    { position: 0, kind: 'record', reason: 'too long' },
    { position: 2, kind: 'record', reason: 'too long' },
    { position: 1, kind: 'column', reason: 'reserved name' },
  ]);
  expect(await list<object>(own)).toEqual([
    {
      table_name: 'orders',
      records: 2,
      values: 1,
      first_rejected_at: expect.stringMatching(/Z$/),
      last_rejected_at: expect.stringMatching(/Z$/),
      reasons: [
        { reason: 'too long', kind: 'record', count: 2 },
        { reason: 'reserved name', kind: 'column', count: 1 },
      ],
      more: false,
    },
  ]);
  expect((await list(own, '?table=orders')).map(({ kind, position }) => [kind, position])).toEqual([
    ['column', 1],
    ['record', 0],
    ['record', 2],
  ]);
  expect(await list(own, '?table=orders&limit=1')).toHaveLength(1);
  expect(await list(own, '?table=other')).toEqual([]);
  expect(await list(own, '?since=2100-01-01T00:00:00Z')).toEqual([]);
  for (const query of ['?since=yesterday', '?table=a&table=b', '?table=orders&limit=0'])
    expect((await server.request('GET', `/v4/sources/${own.id}/rejected${query}`)).status).toBe(400);
});

test('rejected records are downloaded whole, with every digit', async () => {
  const own = await mappedSource();
  await sendAndReject(own, orders, [{ position: 2, kind: 'record', reason: 'too long' }]);
  const [line = '', ...others] = await lines(own, '?table=orders');
  expect(others).toEqual([]);
  expect(line).toContain('"reason":"too long"');
  expect(line).toContain('"record":{"id":2,"total":12345678901234567890.123456789}}');
});

test('records are retried once, in a batch that is like the one they came in', async () => {
  const own = await mappedSource();
  await sendAndReject(own, orders, [
    { position: 0, kind: 'record', reason: 'too long' },
    { position: 2, kind: 'record', reason: 'too long' },
    { position: 1, kind: 'column', reason: 'reserved name' },
    { position: 1, kind: 'column', reason: 'too long, too' },
  ]);
  expect((await retry(own, { table: 'other' })).json()).toEqual({ records: 0, batches: 0, left_out: [] });
  const left = [{ records: 1, why: expect.stringContaining('would change nothing') }];
  expect((await retry(own, { table: 'orders' })).json()).toEqual({ records: 2, batches: 1, left_out: left });
  expect((await retry(own)).json()).toEqual({ records: 0, batches: 0, left_out: left });
  expect((await list(own, '?table=orders')).filter(({ retried_at }) => retried_at !== null)).toHaveLength(2);

  const waiting = await server.request('GET', `/v4/sources/${own.id}/batches?state=ready`);
  const [batch] = waiting.json<{ id: string; records: number }[]>();
  expect(batch).toMatchObject({ records: 2 });
  let body = '';
  for await (const piece of server.store.spool.read(batch?.id ?? '')) body += Buffer.from(piece);
  expect(body).toBe(orders.replace(/\{"action":"upsert","sequence":1700000000000000001.*?\}\},/, ''));

  // What is rejected again is there again.
  await complete(own, (batchId, table) => ({
    tables: [],
    schemaChanges: [],
    rejections: [{ batchId, table, position: 1, kind: 'record', reason: 'still too long' }],
  }));
  expect(await lines(own)).toEqual([
    expect.stringContaining('"record":{"id":2,'),
    expect.stringContaining('reserved name'),
    expect.stringContaining('too long, too'),
  ]);
});

test('two retries at once load a record once', async () => {
  const own = await mappedSource();
  await sendAndReject(own, orders, [{ position: 0, kind: 'record', reason: 'too long' }]);
  const both = await Promise.all([retry(own), retry(own)]);
  const records = both.map((answer) => answer.json<{ records: number }>().records);
  expect(records.toSorted()).toEqual([0, 1]);
});

test('records that were pushed are retried too', async () => {
  const own = await mappedSource();
  const record = (id: number) =>
    `{"client_id":${server.visitor.accountId},"table_name":"pushed","action":"upsert","sequence":170000000000000000${id},"key_names":["id"],"data":{"id":${id},"n":1.50}}`;
  const body = `[${record(1)},${record(2)}]`;
  await sendAndReject(own, body, [{ position: 1, kind: 'record', reason: 'too long' }], 'push');
  expect((await lines(own))[0]).toContain('"record":{"id":2,"n":1.5}');
  expect((await retry(own)).json()).toMatchObject({ records: 1, batches: 1 });
});

test('a body that makes no sense, and a source that is deleted, are refused', async () => {
  const own = await mappedSource();
  for (const body of [{ tables: 'x' }, { table: 1 }, { since: 'yesterday' }, { since: 1 }])
    expect(await retry(own, body)).toMatchObject({ status: 400 });
  await server.request('DELETE', `/v4/sources/${own.id}`);
  expect((await retry(own)).status).toBe(400);
});

test('changes of tables are listed by page, newest first', async () => {
  const own = await mappedSource();
  await sendAndReject(own, orders, []);
  const path = `/v4/${server.visitor.accountId}/schema-changes`;
  const read = async (query: string) =>
    (await server.request('GET', `${path}${query}`)).json<{ data: object[]; total: number; links: object }>();
  const page = await read(`?source_id=${own.id}`);
  expect(page).toMatchObject({ page: 1, total: 1, links: {} });
  expect(page.data).toEqual([
    {
      changed_at: expect.stringMatching(/Z$/),
      kind: 'column_added',
      source_id: own.id,
      source_name: expect.any(String),
      destination_id: expect.any(Number),
      table_name: 'orders',
      before: null,
      after: 'total double precision',
      dependent_views: [],
      load_id: expect.any(String),
    },
  ]);
  expect((await read(`?source_id=${own.id}&table=nothing`)).data).toEqual([]);
  expect((await read(`?source_id=${own.id}&page=2`)).links).toEqual({
    previous: `${path}?source_id=${own.id}&page=1`,
  });
  for (const query of ['?page=0', '?source_id=x', '?since=1'])
    expect((await server.request('GET', `${path}${query}`)).status).toBe(400);
});

test('a load in which everything was older than what stood says so, with both sequences', async () => {
  const own = await mappedSource();
  const table = {
    source: 'orders',
    destination: 'orders',
    rowsLoaded: 0,
    rowsRejected: 0,
    droppedAsOlder: 3,
    older: {
      incoming: { tableVersion: null, sequence: '1700000000000000000' },
      standing: { tableVersion: '7', sequence: '1700000000000000009' },
    },
    primaryKeys: ['id'],
  };
  await sendAndReject(own, orders, [], 'batch', [table]);
  const [batch] = (await server.request('GET', `/v4/sources/${own.id}/batches`)).json<{ load: object }[]>();
  expect(batch?.load).toMatchObject({
    tables: [
      {
        rows_loaded: 0,
        dropped_as_older: 3,
        warning: expect.stringMatching(
          /sequence 1700000000000000000,.* sequence 1700000000000000009 of version 7 /,
        ),
      },
    ],
  });
});

test('there are no extraction jobs', async () => {
  const path = `/v4/${server.visitor.accountId}/extractions`;
  expect((await server.request('GET', path)).json()).toEqual({ data: [], page: 1, total: 0, links: {} });
  expect((await server.request('GET', `${path}/116078.1.sync.x`)).status).toBe(404);
  const { accountId } = await server.enter();
  expect((await server.request('GET', `/v4/${accountId}/extractions`)).status).toBe(401);
});
