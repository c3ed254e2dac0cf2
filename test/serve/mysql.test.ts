import { expect, test } from 'vitest';
import { createCommandLine } from '../support/command-line.ts';
import { until } from '../support/embedded-postgres.ts';
import { startMariadb } from '../support/mariadb.ts';

const token = 'token-of-the-mysql-tests-0123456789abc';

test('records that are sent over HTTP stand in MySQL, also after the server was killed', async () => {
  await using warehouse = await startMariadb();
  const user = await warehouse.addUser(
    'select, insert, update, delete, create, alter, drop, create temporary tables on *.*',
  );
  await using cli = createCommandLine();
  const env = { BACKSTITCH_TOKEN: token };
  const send = async (server: Awaited<ReturnType<typeof cli.serve>>, as: string, body: object) =>
    await server.call(as, 'POST', '/v2/import/batch', body);
  const orders = (from: number, count: number) => ({
    table_name: 'orders',
    key_names: ['id'],
    schema: { properties: { id: { type: 'integer' }, note: { type: 'string' }, lines: { type: 'array' } } },
    messages: Array.from({ length: count }, (_, index) => ({
      action: 'upsert',
      sequence: from + index,
      data: { id: from + index, note: `order ${from + index}`, lines: [{ sku: 'x', n: index }] },
    })),
  });

  const first = await cli.serve(env);
  const made = await first.call(token, 'POST', '/v3/destinations', {
    type: 'mysql_destination',
    connection: { host: warehouse.host, port: warehouse.port, ...user, ssl: false },
  });
  expect(made).toMatchObject({ status: 200, body: { last_check: { error: false } } });
  const source = await first.call(token, 'POST', '/v4/sources', { type: 'import_api', display_name: 'Shop' });
  const { id, name } = source.body as { id: number; name: string };
  const issued = await first.call(token, 'POST', `/v4/sources/${id}/tokens`);
  const { access_token: importToken } = issued.body as { access_token: string };
  expect((await send(first, importToken, orders(0, 1_000))).status).toBe(201);
  expect((await send(first, importToken, orders(500, 1_000))).status).toBe(201);
  await first[Symbol.asyncDispose]();

  await using second = await cli.serve(env);
  expect((await send(second, importToken, orders(1_500, 1))).status).toBe(201);
  await until(async () =>
    expect(await warehouse.admin(`select count(*) as n, max(id) as most from ${name}.orders`)).toEqual([
      { n: 1_501, most: 1_500 },
    ]),
  );
  // It came twice with one sequence: the first stays.
  expect(await warehouse.admin(`select note, \`lines\` from ${name}.orders where id = 700`)).toEqual([
    { note: 'order 700', lines: '[{"sku":"x","n":700}]' },
  ]);
}, 60_000);
