import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { startServer } from '../support/program.ts';

const token = 'a-token-for-tests';
const orders = (messages: readonly object[]) => ({
  table_name: 'orders',
  key_names: ['id'],
  schema: { properties: { id: { type: 'integer' }, total: { type: 'number' } } },
  messages: messages.map((data, index) => ({ action: 'upsert', sequence: 10 - index, data })),
});

test('metrics show what waits, and what became of it', async () => {
  await using resources = new AsyncDisposableStack();
  const { host, port, user, password, database } = resources.use(await createTestDatabase());
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-metrics-'));
  resources.defer(() => rmSync(folder, { recursive: true, force: true }));
  const env = { BACKSTITCH_DATA: path.join(folder, 'data'), BACKSTITCH_TOKEN: token };
  const server = resources.use(await startServer(env));

  const post = async (target: string, body?: object, as = token) => {
    const answer = await fetch(`${server.address}${target}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', prefer: 'wait=20' },
      body: JSON.stringify(body ?? {}),
    });
    expect(answer.ok, target).toBe(true);
    return (await answer.json()) as { id: number; access_token: string };
  };
  const samples = async () => {
    const text = await (await fetch(`${server.address}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith('backstitch_'));
    return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]));
  };

  const before = await samples();
  expect(before.get('backstitch_batches_waiting{state="ready"}')).toBe(0);
  expect(before.get('backstitch_loads_total{result="failed"}')).toBe(0);
  expect(before.get('backstitch_disk_free_bytes')).toBeGreaterThan(0);

  const source = { type: 'import_api', display_name: 'Shop', properties: { on_invalid: 'reject' } };
  const { id } = await post('/v4/sources', source);
  const { access_token: importToken } = await post(`/v4/sources/${id}/tokens`);
  // One row, the same row once more but older, and a record that the schema refuses.
  const body = orders([
    { id: 1, total: 9.5 },
    { id: 1, total: 8 },
    { id: 2, total: 'much' },
  ]);
  await post('/v2/import/batch', body, importToken);
  const unmapped = await samples();
  expect(unmapped.get('backstitch_batches_waiting{state="blocked"}')).toBe(1);
  expect(unmapped.get('backstitch_batches_waiting{state="ready"}')).toBe(0);
  expect(unmapped.get('backstitch_bytes_waiting{state="blocked"}')).toBeGreaterThan(100);

  const properties = { host, port, username: user, password, database, ssl: false };
  await post('/v4/destinations', { type: 'postgres', properties });
  const loaded = await until(async () => {
    const found = await samples();
    expect(found.get('backstitch_loads_total{result="loaded"}')).toBe(1);
    for (const state of ['ready', 'loading', 'blocked', 'quarantined']) {
      expect(found.get(`backstitch_batches_waiting{state="${state}"}`), state).toBe(0);
      expect(found.get(`backstitch_bytes_waiting{state="${state}"}`), state).toBe(0);
    }
    return found;
  });
  expect(loaded.get('backstitch_rows_loaded_total')).toBe(1);
  expect(loaded.get('backstitch_rows_rejected_total')).toBe(1);
  expect(loaded.get('backstitch_rows_dropped_as_older_total')).toBe(1);
  expect(loaded.get('backstitch_load_seconds_count')).toBe(1);
  expect(loaded.get('backstitch_load_lag_seconds_count')).toBe(1);
});
