import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected } from '../support/http-destinations.ts';
import { missingId, type SourceClient, sourceClient, sourceReportCard } from '../support/source-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
let client: SourceClient;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
  client = sourceClient(server);
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

test('the Import API is the one source type', async () => {
  const card = {
    ...sourceReportCard,
    current_step: 1,
    current_step_type: 'form',
    details: {
      pricing_tier: 'standard',
      pipeline_state: 'released',
      default_start_date: '-1 year',
      default_scheduling_interval: 60,
      protocol: 'import_api',
      access: true,
    },
  };
  expect(await client.call('GET', '/v4/source-types')).toMatchObject({ status: 200, body: [card] });
  expect(await client.call('GET', '/v4/source-types/import_api')).toMatchObject({ status: 200, body: card });
});

describe('the activity of an account', () => {
  test('is what was loaded over time, and what waits, by table', async () => {
    const visitor = await server.enter();
    await client.createDestination(visitor);
    const { id } = await client.create({}, visitor);
    const { accountId } = visitor;
    const { batches, loads } = server.store;
    const send = async (batch: string, table: string) =>
      await batches.append(
        { accountId, sourceId: id, id: batch, table, format: 'batch', records: 3, idempotency: null },
        Buffer.from('{}'),
      );
    await send('a'.repeat(32), 'orders');
    const plan = { owner: 'test', limit: 10, leaseMilliseconds: 60_000, maxBytes: 1000, maxBatches: 10 };
    for (const { loadId, fence } of await loads.plan(plan))
      await loads.complete({ loadId, fence, rowsLoaded: 3, rowsRejected: 1, droppedAsOlder: 0 });
    await send('b'.repeat(32), 'orders');
    await send('c'.repeat(32), 'customers');

    const ask = async (query: string) =>
      await client.call('GET', `/v4/${accountId}/activity${query}`, undefined, visitor);
    const nothing = { source_id: id, loads: 0, rows_loaded: 0, rows_rejected: 0, error: null };
    const waiting = { batches_waiting: 1, bytes_waiting: 2, waiting_since: expect.any(String) };
    const point = { loads: 1, rows_loaded: 3, rows_rejected: 1 };
    const customers = { ...nothing, table_name: 'customers', last_loaded_at: null, ...waiting };
    const orders = {
      ...nothing,
      ...point,
      ...waiting,
      table_name: 'orders',
      last_loaded_at: expect.any(String),
    };
    expect(await ask('')).toMatchObject({
      status: 200,
      body: {
        step_seconds: 1800,
        points: [{ at: expect.stringMatching(/:[03]0:00Z$/), ...point }],
        tables: [customers, orders],
      },
    });
    expect((await ask(`?source_id=${id}&table=customers`)).body).toMatchObject({
      points: [],
      tables: [customers],
    });
    const minuteAgo = new Date(Date.now() - 60_000).toISOString();
    expect((await ask(`?since=${minuteAgo}`)).body).toMatchObject({ step_seconds: 1, points: [point] });
    for (const query of ['?since=2001-01-01', '?since=2100-01-01', '?since=x', '?source_id=x'])
      expect(await ask(query)).toMatchObject({ status: 400, body: { error: 'InvalidQuery' } });
    expect((await client.call('GET', `/v4/${accountId}/activity`)).status).toBe(401);
  });
});

describe('loads', () => {
  test('are empty where nothing was loaded', async () => {
    const path = `/v4/${server.visitor.accountId}/loads`;
    expect(await client.call('GET', path)).toMatchObject({
      status: 200,
      body: { data: [], page: 1, total: 0, links: {} },
    });
    expect(await client.call('GET', `${path}?page=x`)).toMatchObject({
      status: 400,
      body: { error: 'InvalidQuery' },
    });
  });

  test('of another client are a 401, as of one that does not exist', async () => {
    const stranger = await server.enter();
    for (const other of [stranger.accountId, missingId, 'abc'])
      expect(await client.call('GET', `/v4/${other}/loads`)).toMatchObject({
        status: 401,
        body: { error: 'Unauthorized', message: expect.any(String) },
      });
  });

  test('are shown by table: when it was loaded, or what is wrong and what helps', async () => {
    const visitor = await server.enter();
    await client.createDestination(visitor);
    const { id, name } = await client.create({}, visitor);
    const { accountId } = visitor;
    const source = { accountId, sourceId: id };
    for (const [index, table] of ['orders', 'accounts'].entries())
      await server.store.batches.append(
        {
          ...source,
          id: String(index).padStart(32, '0'),
          table,
          format: 'batch',
          records: 1,
          idempotency: null,
        },
        Buffer.from('{}'),
      );
    const plan = { owner: 'test', limit: 10, leaseMilliseconds: 60_000, maxBytes: 1000, maxBatches: 10 };
    for (const { loadId, fence, table } of await server.store.loads.plan(plan)) {
      const load = { loadId, fence };
      if (table === 'orders')
        await server.store.loads.complete({ ...load, rowsLoaded: 1, rowsRejected: 0, droppedAsOlder: 0 });
      else {
        const error = {
          message: 'permission denied for schema x',
          remedy: 'Grant CREATE on the schema.',
          code: '42501',
          since: Date.UTC(2026, 0),
        };
        await server.store.loads.fail({ ...load, error, blocked: true, retryAt: Date.UTC(2100, 0) });
      }
    }
    const text = 'permission denied for schema x. Grant CREATE on the schema.';
    const facts = { stitch_client_id: accountId, source_name: name };
    expect((await client.call('GET', `/v4/${accountId}/loads`, undefined, visitor)).body).toEqual({
      data: [
        {
          ...facts,
          stream_name: 'accounts',
          last_batch_loaded_at: null,
          error_state: {
            notification_data: {
              message: text,
              exception_message: 'permission denied for schema x',
              error: 'LOADER_WAREHOUSE_ERROR',
              status: 'ERROR',
              action: 'load-table',
              warehouse_message: 'permission denied for schema x',
              warehouse_error_code: null,
              warehouse_sql_state: '42501',
              column: null,
              new_column: null,
            },
            exception_chain: [
              { class: 'LoadFailure', message: text, chain_sequence_num: 0, action: 'load-table' },
            ],
          },
        },
        {
          ...facts,
          stream_name: 'orders',
          last_batch_loaded_at: expect.stringMatching(/Z$/),
          error_state: null,
        },
      ],
      page: 1,
      total: 2,
      links: {},
    });
    expect(
      await client.call('GET', `/v4/sources/${id}/batches?table=accounts`, undefined, visitor),
    ).toMatchObject({
      body: [{ table_name: 'accounts', state: 'blocked' }],
    });
  });
});
