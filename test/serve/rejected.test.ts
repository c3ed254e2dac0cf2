import { expect, test } from 'vitest';
import { until } from '../support/embedded-postgres.ts';
import { openImportRoom } from '../support/import-room.ts';

/** A record of a table whose name cleans to that of another one. */
const body = (table_name: string, id: number) => ({
  table_name,
  key_names: ['id'],
  schema: { properties: { id: { type: 'integer' } } },
  messages: [{ action: 'upsert', sequence: id, data: { id, long: 1234567890123456 } }],
});

test('what a warehouse did not take stands there once it was mended and retried', async () => {
  await using room = await openImportRoom();
  const source = await room.addSource();
  const call = async (method: string, path: string, given?: object, as = room.token) => {
    const answer = await fetch(`${room.address}${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      ...(given && { body: JSON.stringify(given) }),
    });
    expect(answer.ok, await answer.clone().text()).toBe(true);
    return await answer.text();
  };
  const send = async (table: string, id: number) =>
    await call('POST', '/v2/import/batch', body(table, id), source.token);
  const rejected = async () => JSON.parse(await call('GET', `/v4/sources/${source.id}/rejected`));
  const retry = async () =>
    JSON.parse(await call('POST', `/v4/sources/${source.id}/rejected/retry`, { table: 'my!orders' }));

  await send('myorders', 1);
  await until(async () =>
    expect(await room.warehouse.query(`select 1 from ${source.name}.myorders`)).toHaveLength(1),
  );
  await send('my!orders', 2);
  await until(async () =>
    expect(await rejected()).toMatchObject([
      {
        table_name: 'my!orders',
        records: 1,
        reasons: [{ reason: expect.stringContaining('Table collision') }],
      },
    ]),
  );
  expect(await call('GET', `/v4/sources/${source.id}/rejected/records`)).toContain(
    '"long":1234567890123456}',
  );

  // Nothing was mended: it is rejected again, and not lost.
  expect(await retry()).toEqual({ records: 1, batches: 1, left_out: [] });
  await until(async () => expect(await rejected()).toMatchObject([{ records: 1 }]));

  await room.warehouse.query(`drop table ${source.name}.myorders`);
  expect(await retry()).toEqual({ records: 1, batches: 1, left_out: [] });
  await until(async () =>
    expect(await room.warehouse.query(`select id, long from ${source.name}.myorders`)).toEqual([
      { id: '2', long: '1234567890123456' },
    ]),
  );
  expect(await retry()).toEqual({ records: 0, batches: 0, left_out: [] });
  expect(await rejected()).toEqual([]);
}, 60_000);
