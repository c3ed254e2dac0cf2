import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../support/embedded-postgres.ts';
import { startHookReceiver } from '../support/hook-receiver.ts';
import { startObjectStore } from '../support/object-store.ts';
import { startServer } from '../support/program.ts';
import { challenge, dataKeys, storeProperties, textOf } from '../support/store-session.ts';

const token = 'a-token-for-tests';

test('files in a bucket are named by the hook, and stand once though the store was slow in the middle', async () => {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await startObjectStore());
  challenge(store);
  const receiver = stack.use(await startHookReceiver());
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-store-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = stack.use(await startServer({ BACKSTITCH_DATA: folder, BACKSTITCH_TOKEN: token }));

  async function ask(target: string, body?: object, as = token) {
    const answer = await fetch(`${server.address}${target}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', prefer: 'wait=20' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(answer.ok, `${target}: ${answer.status}`).toBe(true);
    return (await answer.json()) as { id: number; access_token: string };
  }
  const destination = await ask('/v4/destinations', {
    type: 'storagegrid',
    properties: storeProperties(store, {
      output_file_format: 'csv',
      s3_key_format_string: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].csv',
    }),
  });
  await ask('/notifications/public/v1/api/hooks', {
    type: 'post_load',
    destination_id: destination.id,
    config: { url: receiver.url },
  });
  const { id } = await ask('/v4/sources', { type: 'import_api', display_name: 'Shop', properties: {} });
  const { access_token } = await ask(`/v4/sources/${id}/tokens`);

  // More often than the client of the store tries: the load itself has to be repeated.
  let refused = 0;
  store.fault = ({ what, key }) =>
    what === 'part' && key.includes('items') && ++refused <= 4
      ? { status: 503, code: 'SlowDown', headers: { 'retry-after': '0' } }
      : undefined;
  await ask(
    '/v2/import/batch',
    {
      table_name: 'orders',
      key_names: ['id'],
      schema: { properties: { id: { type: 'integer' } } },
      messages: [1, 2].map((n) => ({
        action: 'upsert',
        sequence: n,
        data: { id: n, items: [{ sku: `a${n}` }] },
      })),
    },
    access_token,
  );
  await until(() => expect(receiver.received).toHaveLength(1), 30_000);
  expect(refused).toBeGreaterThan(4);
  const { tables } = JSON.parse(receiver.received[0]!.text) as {
    tables: { source_table_name: string; num_rows: number; s3_objects: string[] }[];
  };
  const keys = dataKeys(store);
  expect(keys).toEqual([
    expect.stringMatching(/^shop\/orders\/0_\d+\.csv$/),
    expect.stringMatching(/^shop\/orders\/items\/0_\d+\.csv$/),
  ]);
  expect(
    tables.map(({ source_table_name, num_rows, s3_objects }) => [source_table_name, num_rows, s3_objects]),
  ).toEqual([
    ['orders', 2, [`lake/${keys[0]}`]],
    ['items', 2, [`lake/${keys[1]}`]],
  ]);
  expect(keys.map((key) => textOf(store, key).split('\n').length)).toEqual([4, 4]);
  expect(store.uploads.size).toBe(0);
});
