import type { TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import type { OpenConsole } from './open-console.ts';

/** Ids of what every view has something to show of. */
export interface Seeded {
  readonly warehouse: number;
  readonly broken: number;
  readonly source: number;
  readonly importToken: string;
  /** Of the batch whose keys are wrong, which blocks `items`. */
  readonly blocked: string;
  readonly hook: number;
  readonly replay: number;
}

interface BatchState {
  readonly id: string;
  readonly state: string;
}

/**
 * A destination that works and one that does not, with a webhook; a source with loaded, rejected and blocked records, a
 * column that was split though a view reads it, and a replay.
 */
export async function seed({ call }: OpenConsole, database: TestDatabase): Promise<Seeded> {
  const { host, port, user: username, password, database: name } = database;
  const create = async (path: string, body: object) => (await call<{ id: number }>('POST', path, body)).id;
  const properties = { host, port: String(port), username, password, database: name, ssl: 'false' };
  const warehouse = await create('/v4/destinations', { type: 'postgres', name: 'Warehouse', properties });
  const unreachable = { ...properties, port: '1' };
  const broken = await create('/v4/destinations', {
    type: 'postgres',
    name: 'Broken',
    properties: unreachable,
  });
  const source = await create('/v4/sources', {
    type: 'import_api',
    display_name: 'Shop',
    destination_id: warehouse,
    properties: { on_invalid: 'reject' },
  });
  const issued = await call<{ access_token: string }>('POST', `/v4/sources/${source}/tokens`);
  const importToken = issued.access_token;
  const settled = async () =>
    await until(async () => {
      const batches = await call<readonly BatchState[]>('GET', `/v4/sources/${source}/batches`);
      if (batches.some(({ state }) => state !== 'loaded' && state !== 'blocked'))
        throw new Error('not loaded yet');
      return batches;
    }, 20_000);
  const send = async (body: object) => await call('POST', '/v2/import/batch', body, importToken);

  await send(anOrders([42.5, 'much', 12]));
  await send(rows('customers', ['id'], 1, { id: 1, coupon: 5 }));
  await send(rows('items', ['sku'], 1, { sku: 'a' }));
  await settled();
  await database.query('create view coupons as select id, coupon from shop.customers');
  await send(rows('customers', ['id'], 2, { id: 2, coupon: 'TEN' }));
  await send(rows('items', ['code'], 2, { sku: 'b', code: 'c' }));
  const blocked = (await settled()).find(({ state }) => state === 'blocked')?.id ?? '';
  const hook = await create('/notifications/public/v1/api/hooks', {
    type: 'load_failed',
    destination_id: broken,
    config: { url: 'http://127.0.0.1:1/in' },
  });
  const replay = await create(`/v4/sources/${source}/replay`, {
    destination_id: warehouse,
    tables: ['orders'],
  });
  return { warehouse, broken, source, importToken, blocked, hook, replay };
}

/** A batch with an order for each total; one that is no number is invalid. */
export const anOrders = (totals: readonly unknown[], firstId = 1) => ({
  table_name: 'orders',
  key_names: ['id'],
  schema: { properties: { id: { type: 'integer' }, total: { type: 'number' } } },
  messages: totals.map((total, index) => ({
    action: 'upsert',
    sequence: index + 1,
    data: { id: firstId + index, total, digits: '9007199254740993' },
  })),
});

/** A batch with one record of any shape. */
const rows = (table_name: string, key_names: readonly string[], sequence: number, data: object) => ({
  table_name,
  key_names,
  schema: {},
  messages: [{ action: 'upsert', sequence, data }],
});
