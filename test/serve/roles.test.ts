import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { type RunningProgram, startProgram, startServer } from '../support/program.ts';

const token = 'a-token-for-tests';
const masterKey = '11'.repeat(32);

async function post(server: RunningProgram, target: string, body: object = {}, as = token) {
  const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/json' };
  const answer = await fetch(server.address + target, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
}

test('one process takes records and checks, the other loads them, and only loads', async () => {
  await using resources = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-roles-'));
  resources.defer(() => rmSync(folder, { recursive: true, force: true }));
  const store = resources.use(await createTestDatabase());
  const warehouse = resources.use(await createTestDatabase());
  const env = (roles: string) => ({
    BACKSTITCH_DATA: path.join(folder, roles),
    BACKSTITCH_STORE: store.url,
    BACKSTITCH_MASTER_KEY: masterKey,
    BACKSTITCH_TOKEN: token,
    BACKSTITCH_ROLES: roles,
  });
  const api = resources.use(await startServer(env('api')));

  const { host, port, user, password, database } = warehouse;
  const connection = { host, port, username: user, password, database, ssl: false };
  const created = await post(api, '/v3/destinations', { type: 'postgres', connection });
  expect(created.status).toBe(200);
  const { id } = (await post(api, '/v4/sources', { type: 'import_api', display_name: 'Shop' })).body;
  const importToken = (await post(api, `/v4/sources/${id}/tokens`)).body.access_token;
  const batch = {
    table_name: 'orders',
    key_names: ['id'],
    schema: { properties: { id: { type: 'integer' } } },
    messages: [{ action: 'upsert', sequence: 1, data: { id: 1 } }],
  };
  expect((await post(api, '/v2/import/batch', batch, importToken)).status).toBe(201);
  await until(async () => {
    const answer = await fetch(`${api.address}/v4/destinations/${created.body.id}/last-connection-check`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({ status: 'succeeded' });
  }, 20_000);

  const loader = resources.use(await startServer(env('loader')));
  await until(async () => {
    expect(await warehouse.query('select id::text from shop.orders')).toEqual([{ id: '1' }]);
  }, 20_000);
  expect((await fetch(`${loader.address}/health`)).status).toBe(200);
  // The rows are visible a moment before the loader has said that its load is done.
  await until(async () => {
    expect(await (await fetch(`${loader.address}/metrics`)).text()).toContain(
      'backstitch_loads_total{result="loaded"} 1',
    );
  }, 20_000);
  expect(await (await fetch(`${api.address}/metrics`)).text()).not.toContain(
    'backstitch_loads_total{result="loaded"} 1',
  );
  // A sender that was led here by mistake must not take the answer for a refusal of its records.
  const misled = await post(loader, '/v2/import/batch', batch, importToken);
  expect(misled.status).toBe(503);
  expect(misled.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(misled.body).toMatchObject({ error: 'Overloaded' });
}, 60_000);

test('the embedded store belongs to one process, which does everything', async () => {
  await using program = startProgram(['serve'], { BACKSTITCH_ROLES: 'loader' });
  expect(await program.ended).toBe(4);
  expect(program.errors.join('\n')).toContain('BACKSTITCH_ROLES splits work between processes');
});
