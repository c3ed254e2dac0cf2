import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCommandLine, type TestServer } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { startHookReceiver } from '../support/hook-receiver.ts';

const token = 'token-of-the-split-tests-0123456789abcd';
const opened = new AsyncDisposableStack();
let warehouse: TestDatabase;
let server: TestServer;
beforeAll(async () => {
  warehouse = opened.use(await createTestDatabase());
  const cli = opened.use(createCommandLine());
  server = opened.use(await cli.serve({ BACKSTITCH_TOKEN: token, BACKSTITCH_CLIENT_ID: '100' }));
});
afterAll(async () => await opened.disposeAsync());

const ask = async (method: string, where: string, body?: object, as = token) => {
  const answer = await server.call(as, method, where, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body as { id: number; access_token: string; data: Record<string, unknown>[] };
};

/** A source whose schema is of this name, and a destination of its own that has these settings. */
async function openSource(name: string, settings: object) {
  const { host, port, user: username, password, database } = warehouse;
  const properties = { host, port, username, password, database, ssl: false, ...settings };
  const { id: destination_id } = await ask('POST', '/v4/destinations', { type: 'postgres', properties });
  const source = { type: 'import_api', display_name: name, destination_id };
  const { id } = await ask('POST', '/v4/sources', source);
  const { access_token } = await ask('POST', `/v4/sources/${id}/tokens`);
  let sequence = 0;
  return {
    destination_id,
    async send(data: object) {
      const messages = [{ action: 'upsert', sequence: ++sequence, data }];
      const batch = { table_name: 'orders', key_names: ['id'], schema: {}, messages };
      await ask('POST', '/v2/import/batch', batch, access_token);
    },
    rows: async (columns: string, table = `${name}.orders`) =>
      await warehouse.query(`select ${columns} from ${table} order by 1`),
  };
}

test('a split waits for a long reader, others read on, and people are told which view it touched', async () => {
  await using stack = new AsyncDisposableStack();
  const { destination_id, send, rows } = await openSource('shop', { lock_timeout: 1 });
  await send({ id: 1, total: 40 });
  await until(async () => expect(await rows('total::int')).toEqual([{ total: 40 }]));
  await warehouse.query('create schema report');
  await warehouse.query('create view report.totals as select id, total from shop.orders');
  const receiver = stack.use(await startHookReceiver());
  for (const type of ['schema_changed', 'load_failed', 'load_recovered']) {
    const hook = { type, destination_id, config: { url: receiver.url } };
    await ask('POST', '/notifications/public/v1/api/hooks', hook);
  }
  const told = () =>
    receiver.received.map(({ headers, text }) => ({
      event: headers['x-backstitch-event'],
      ...(JSON.parse(text) as object),
    }));

  const nightly = new pg.Client({ connectionString: warehouse.url, application_name: 'nightly report' });
  stack.defer(async () => await nightly.end());
  await nightly.connect();
  await nightly.query('begin; select * from report.totals');
  const { rows: sessions } = await nightly.query('select pg_backend_pid() as pid');

  await send({ id: 1, total: 'forty' });
  const blocker = new RegExp(
    `"shop"."orders": session ${sessions[0].pid} of .* \\(nightly report\\), idle in transaction`,
  );
  await until(async () => {
    // Whoever reads meanwhile gets an answer soon, or fails here.
    await warehouse.query("set statement_timeout = '6s'; select total from report.totals");
    const { data } = await ask('GET', '/v4/100/loads');
    expect(data[0]).toMatchObject({
      stream_name: 'orders',
      error_state: {
        notification_data: { warehouse_sql_state: '55P03', message: expect.stringMatching(blocker) },
      },
    });
    // It might have passed by itself: it is told when it did not.
    expect(told()).toMatchObject([{ event: 'load_failed', message: expect.stringMatching(blocker) }]);
  });
  expect(await rows('total::int')).toEqual([{ total: 40 }]);
  await nightly.query('rollback');

  await until(async () => expect(await rows('total__st')).toEqual([{ total__st: 'forty' }]));
  const change = {
    table_name: 'orders',
    kind: 'column_split',
    before: 'total bigint',
    after: 'total__bi bigint, total__st text',
    dependent_views: ['report.totals'],
  };
  // The warehouse has it a moment before the store.
  await until(async () => expect((await ask('GET', '/v4/100/schema-changes')).data[0]).toMatchObject(change));
  await until(() =>
    expect(told().slice(1)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          event: 'schema_changed',
          examples: [expect.objectContaining({ dependent_views: ['report.totals'] })],
        }),
        expect.objectContaining({ event: 'load_recovered' }),
      ]),
    ),
  );
}, 60_000);

test('where a destination is set to keep names, a view goes on with the first column', async () => {
  const { send, rows } = await openSource('kept', { split_keeps_original: true });
  await send({ id: 1, total: 40 });
  await until(async () => expect(await rows('total::int')).toEqual([{ total: 40 }]));
  await warehouse.query('create view totals as select id::int, total::int from kept.orders');
  await send({ id: 2, total: 'forty' });
  await send({ id: 3, total: 42 });
  await until(async () =>
    expect(await rows('*', 'totals')).toEqual([
      { id: 1, total: 40 },
      { id: 2, total: null },
      { id: 3, total: 42 },
    ]),
  );
  expect(await rows('total__st')).toEqual([{ total__st: 'forty' }, { total__st: null }, { total__st: null }]);
});
