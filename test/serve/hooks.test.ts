import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { type HookReceiver, startHookReceiver } from '../support/hook-receiver.ts';
import { type RunningProgram, startServer } from '../support/program.ts';

const token = 'a-token-for-tests';
const hooks = '/notifications/public/v1/api/hooks';

const orders = (rows: readonly object[]) => ({
  table_name: 'orders',
  key_names: ['id'],
  bookmark_names: ['updated'],
  schema: { properties: { id: { type: 'integer' }, updated: { type: 'string', format: 'date-time' } } },
  messages: rows.map((data, index) => ({
    action: 'upsert',
    sequence: index + 1,
    time_extracted: `2024-03-0${index + 1}T00:00:00Z`,
    data,
  })),
});

const client = (server: RunningProgram) => ({
  async ask(method: string, target: string, body?: object, as = token) {
    const answer = await fetch(`${server.address}${target}`, {
      method,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', prefer: 'wait=20' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(answer.ok, `${target}: ${answer.status}`).toBe(true);
    return (await answer.json()) as { id: number; access_token: string };
  },
  metrics: async () => await (await fetch(`${server.address}/metrics`)).text(),
});

/** Bodies by what the header says they are. */
const told = ({ received }: HookReceiver, event: string) =>
  received
    .filter(({ headers }) => headers['x-backstitch-event'] === event)
    .map(({ text }) => JSON.parse(text));

async function place(stack: AsyncDisposableStack, store: string | null) {
  const warehouse: TestDatabase = stack.use(await createTestDatabase());
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-hooks-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const env = {
    BACKSTITCH_DATA: path.join(folder, 'data'),
    BACKSTITCH_TOKEN: token,
    ...(store && { BACKSTITCH_STORE: store, BACKSTITCH_MASTER_KEY: '7'.repeat(64) }),
  };
  return { warehouse, env };
}

for (const kind of ['sqlite', 'PostgreSQL'] as const)
  test(`whoever has hooks is told of loads, rejections, changes and failed checks (store on ${kind})`, async () => {
    await using stack = new AsyncDisposableStack();
    const store = kind === 'sqlite' ? null : stack.use(await createTestDatabase()).url;
    const { warehouse, env } = await place(stack, store);
    const receiver = stack.use(await startHookReceiver());
    const server = stack.use(await startServer(env));
    const { ask, metrics } = client(server);
    const { host, port, user, password, database } = warehouse;
    const properties = { host, port, username: user, password, database, ssl: false };
    const { id: destination_id } = await ask('POST', '/v4/destinations', { type: 'postgres', properties });
    const events = ['post_load', 'records_rejected', 'schema_changed', 'check_failed'];
    const made: number[] = [];
    for (const type of events) {
      const hook = { type, destination_id, config: { url: receiver.url } };
      made.push((await ask('POST', hooks, hook)).id);
    }
    const source = { type: 'import_api', display_name: 'Shop', properties: { on_invalid: 'reject' } };
    const { id } = await ask('POST', '/v4/sources', source);
    const { access_token: importToken } = await ask('POST', `/v4/sources/${id}/tokens`);
    const rows = [
      { id: 1, updated: '2024-01-02T00:00:00Z', items: [{ sku: 'a' }, { sku: 'b' }] },
      { id: 2, updated: '2024-01-01T00:00:00Z' },
      { id: 'x', updated: '2024-01-09T00:00:00Z' },
    ];
    await ask('POST', '/v2/import/batch', orders(rows), importToken);
    await until(() => expect(told(receiver, 'post_load')).toHaveLength(1));
    const [load] = told(receiver, 'post_load');
    expect(load).toEqual({
      version: '1.0',
      minimum_sdc_batched_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      integration_name: 'shop',
      new_version: false,
      source_root_table_name: 'orders',
      destination_root_table_name: 'orders',
      table_version: 0,
      tables: [
        {
          source_table_name: 'orders',
          destination_table_name: 'orders',
          num_rows: 2,
          num_rows_rejected: 1,
          s3_objects: null,
          primary_keys: ['id'],
          bookmark_metadata: [
            { key: 'updated', max_value: '2024-01-02T00:00:00Z', min_value: '2024-01-01T00:00:00Z' },
          ],
          max_time_extracted: '2024-03-02T00:00:00.000Z',
        },
        expect.objectContaining({
          source_table_name: 'items',
          destination_table_name: 'orders__items',
          num_rows: 2,
          num_rows_rejected: 0,
        }),
      ],
    });
    await until(() => expect(told(receiver, 'schema_changed')).toHaveLength(1));
    const about = { client_id: expect.any(Number), source: { id, name: 'shop' }, table: 'orders' };
    expect(told(receiver, 'schema_changed')[0]).toMatchObject({
      ...about,
      examples: expect.arrayContaining([expect.objectContaining({ table: 'orders', kind: 'table_created' })]),
    });
    await until(() => expect(told(receiver, 'records_rejected')).toHaveLength(1));
    expect(told(receiver, 'records_rejected')[0]).toMatchObject({
      ...about,
      counts: { rows_loaded: 4, records: 1, values: 0, reasons: 1 },
      examples: [{ kind: 'record', position: 2, count: 1 }],
    });

    const wrong = { properties: { password: 'a-wrong-password' } };
    await ask('PUT', `/v4/destinations/${destination_id}`, wrong);
    await until(() => expect(told(receiver, 'check_failed')).toHaveLength(1));
    const [failed] = told(receiver, 'check_failed');
    expect(failed).toMatchObject({ source: null, examples: [{ step: 'sign_in' }], held_back: 0 });
    expect(failed.remedy).not.toBe('');
    for (const secret of [password, 'a-wrong-password'])
      expect(JSON.stringify(receiver.received)).not.toContain(secret);

    await until(async () => {
      expect(await metrics()).toMatch(/^backstitch_hook_deliveries_total\{result="sent"\} 4$/m);
      expect(await metrics()).toMatch(/^backstitch_hook_deliveries_waiting 0$/m);
    });
    expect(await ask('GET', `${hooks}/${made[0]}/deliveries`)).toMatchObject([
      { state: 'sent', attempts: 1 },
    ]);
  });

test('a server that is killed right after a load tells of it when it is back', async () => {
  await using stack = new AsyncDisposableStack();
  const { warehouse, env } = await place(stack, null);
  // The first request is what says that the load is durable; its answer never comes.
  const receiver = stack.use(await startHookReceiver((request) => (request === 0 ? 'nothing' : 200)));
  const first = stack.use(await startServer(env));
  const { ask } = client(first);
  const { host, port, user, password, database } = warehouse;
  const properties = { host, port, username: user, password, database, ssl: false };
  const { id: destination_id } = await ask('POST', '/v4/destinations', { type: 'postgres', properties });
  await ask('POST', hooks, { type: 'post_load', destination_id, config: { url: receiver.url } });
  const { id } = await ask('POST', '/v4/sources', { type: 'import_api', display_name: 'Shop' });
  const { access_token: importToken } = await ask('POST', `/v4/sources/${id}/tokens`);
  await ask('POST', '/v2/import/batch', orders([{ id: 1, updated: '2024-01-02T00:00:00Z' }]), importToken);
  await until(() => expect(receiver.received).toHaveLength(1));
  first.signal('SIGKILL');
  await first.ended;
  stack.use(await startServer(env));
  await until(() => expect(receiver.received).toHaveLength(2));
  const ids = receiver.received.map(({ headers }) => headers['x-backstitch-delivery']);
  expect(ids[1]).toBe(ids[0]);
  expect(receiver.received[1]?.text).toBe(receiver.received[0]?.text);
});
