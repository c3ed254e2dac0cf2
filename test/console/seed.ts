import type { TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import type { OpenConsole } from './open-console.ts';

/** Ids of what every view has something to show of. */
export interface Seeded {
  readonly warehouse: number;
  readonly broken: number;
  readonly source: number;
  readonly importToken: string;
}

/** A destination that works and one that does not, a source with loaded and rejected records. */
export async function seed({ call }: OpenConsole, database: TestDatabase): Promise<Seeded> {
  const { host, port, user: username, password, database: name } = database;
  const create = async (body: object) => (await call<{ id: number }>('POST', '/v4/destinations', body)).id;
  const properties = { host, port: String(port), username, password, database: name, ssl: 'false' };
  const warehouse = await create({ type: 'postgres', name: 'Warehouse', properties });
  const unreachable = { ...properties, port: '1' };
  const broken = await create({ type: 'postgres', name: 'Broken', properties: unreachable });

  const shop = {
    type: 'import_api',
    display_name: 'Shop',
    destination_id: warehouse,
    properties: { on_invalid: 'reject' },
  };
  const { id: source } = await call<{ id: number }>('POST', '/v4/sources', shop);
  const issued = await call<{ access_token: string }>('POST', `/v4/sources/${source}/tokens`);
  const importToken = issued.access_token;
  await call('POST', '/v2/import/batch', anOrders([42.5, 'much', 12]), importToken);
  await until(async () => {
    const batches = await call<readonly { state: string }[]>('GET', `/v4/sources/${source}/batches`);
    if (batches.some(({ state }) => state !== 'loaded')) throw new Error('not loaded yet');
  }, 20_000);
  return { warehouse, broken, source, importToken };
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
