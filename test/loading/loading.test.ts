import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { type LoadingRoom, openLoadingRoom, rows, upserts } from './loading-room.ts';

let warehouse: TestDatabase;
let room: LoadingRoom;
beforeAll(async () => {
  warehouse = await createTestDatabase();
  room = await openLoadingRoom();
  room.startThreadedLoader();
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  await warehouse[Symbol.asyncDispose]();
});

const drained = async (source: Parameters<LoadingRoom['batches']>[0]) =>
  await until(async () => {
    const states = (await room.batches(source)).map(({ state, lastError }) => ({ state, lastError }));
    expect(states.filter(({ state }) => state !== 'loaded')).toEqual([]);
  });

describe('what is accepted', () => {
  test('stands in its table, and the newest record of a key wins', async () => {
    const { source } = await room.addAll(warehouse);
    const schema = { properties: { total: { type: 'number' } } };
    await room.send(source, {
      ...rows('orders', [
        { id: 1, total: 9.5 },
        { id: 2, total: 3 },
      ]),
      schema,
    });
    await room.send(source, { ...rows('orders', [{ id: 1, total: 10 }], 100), schema });
    await drained(source);
    expect(await warehouse.query(`select id, total::float from ${source.name}.orders order by id`)).toEqual([
      { id: '1', total: 10 },
      { id: '2', total: 3 },
    ]);
  });

  test('of several tables in one push goes to each of them', async () => {
    const { source, account } = await room.addAll(warehouse);
    const record = (table: string, id: number) => ({
      client_id: account.id,
      table_name: table,
      sequence: id,
      action: 'upsert',
      key_names: ['id'],
      data: { id, name: `${table} ${id}` },
    });
    const body = Buffer.from(JSON.stringify([record('people', 1), record('pets', 2), record('people', 3)]));
    const push = { source, format: 'push' as const, body, clientId: account.id, idempotencyKey: 'once' };
    const { outcome, batches } = await room.intake.accept(push);
    expect(outcome).toBe('accepted');
    expect(batches).toMatchObject([
      { table: 'people', records: 2 },
      { table: 'pets', records: 1 },
    ]);
    expect(await room.intake.accept(push)).toEqual({ outcome: 'replayed', batches: [] });
    expect(
      (await room.intake.accept({ ...push, body: Buffer.concat([body, Buffer.from(' ')]) })).outcome,
    ).toBe('other_body');
    await drained(source);
    expect(await warehouse.query(`select name from ${source.name}.people order by id`)).toEqual([
      { name: 'people 1' },
      { name: 'people 3' },
    ]);
    expect(await warehouse.query(`select name from ${source.name}.pets`)).toEqual([{ name: 'pets 2' }]);
  });

  test('as Transit keeps its points in time, also when its tables are taken apart', async () => {
    const { source, account } = await room.addAll(warehouse);
    const record = (table: string) => [
      ['^ ', 'client_id', account.id, 'table_name', table, 'sequence', 1, 'action', 'upsert'],
      ['key_names', ['id'], 'data', ['^ ', 'id', '~t2024-01-31T12:00:00.000Z', 'at', '~m1706702400000']],
    ];
    const body = Buffer.from(JSON.stringify([record('visits').flat(), record('calls').flat()]));
    const push = { format: 'push_transit' as const, clientId: account.id, idempotencyKey: null };
    await room.intake.accept({ source, body, ...push });
    await drained(source);
    for (const table of ['visits', 'calls'])
      expect(
        await warehouse.query(
          `select id = at as same, pg_typeof(at)::text as type from ${source.name}.${table}`,
        ),
      ).toEqual([{ same: true, type: 'timestamp with time zone' }]);
  });

  test('with other key names than before goes into a load of its own, and waits for somebody', async () => {
    const { source, destination } = await room.addAll(warehouse);
    await room.send(source, rows('orders', [{ id: 1, code: 'a' }]));
    await room.send(source, { ...rows('orders', [{ id: 2, code: 'b' }]), key_names: ['code'] });
    await until(async () => {
      const states = (await room.batches(source)).map(({ state }) => state);
      expect(states).toEqual(['blocked', 'loaded']);
    });
    const [blocked] = await room.batches(source);
    expect(blocked?.lastError?.message).toContain(
      'Primary Keys for table do not match Primary Keys of incoming data',
    );
    expect(blocked?.lastError?.remedy).toContain(`POST /v4/destinations/${destination.id}/check`);
    const table = `${source.name}.orders`;
    await warehouse.query(
      `alter table ${table} drop constraint orders_pkey, add primary key (code), alter id drop not null`,
    );
    await drained(source);
    expect(await warehouse.query(`select id, code from ${table} order by 1`)).toEqual([
      { id: '1', code: 'a' },
      { id: '2', code: 'b' },
    ]);
  });

  test('although a record of it is wrong, where the source says so', async () => {
    const { destination } = await room.addAll(warehouse);
    const source = await room.addSource(destination, { on_invalid: 'reject' });
    const schema = { properties: { id: { type: 'integer' }, total: { type: 'number' } } };
    const records = [{ id: 1, total: 1 }, { id: 2, total: 'many' }, { total: 3 }, { id: 4, total: 4 }];
    await room.send(source, { ...rows('orders', records), schema });
    await drained(source);
    expect(await warehouse.query(`select id from ${source.name}.orders order by id`)).toEqual([
      { id: '1' },
      { id: '4' },
    ]);
    const rejected = await warehouse.query(
      `select reason, record, _sdc_position::int as position from ${source.name}._sdc_rejected order by 3`,
    );
    expect(rejected).toMatchObject([
      { position: 1, reason: expect.stringContaining('Record 1 did not conform to schema: #/total') },
      { position: 2, reason: 'Record is missing key property id' },
    ]);
    expect(JSON.parse(String(rejected[0]?.record))).toEqual({ id: 2, total: 'many' });
  });

  test('is not loaded when the record breaks the contract', async () => {
    const { source } = await room.addAll(warehouse);
    await expect(room.send(source, rows('orders', [{ name: 'no key' }]))).rejects.toMatchObject({
      name: 'BatchRefusal',
    });
    expect(await room.batches(source)).toEqual([]);
  });

  test('activates a version after its rows, or switches to it before them', async () => {
    const { source } = await room.addAll(warehouse);
    await room.send(source, { ...rows('orders', [{ id: 1 }, { id: 2 }]), table_version: 1 });
    await drained(source);
    const after = [...upserts([{ id: 3 }], 10), { action: 'activate_version', sequence: 11 }];
    await room.send(source, { ...rows('orders', []), table_version: 2, messages: after });
    await drained(source);
    const standing = () =>
      warehouse.query(
        `select id::int, _sdc_table_version::int as version from ${source.name}.orders order by id`,
      );
    expect(await standing()).toEqual([{ id: 3, version: 2 }]);
    const before = [{ action: 'switch_view', sequence: 12 }, ...upserts([{ id: 4 }, { id: 5 }], 13)];
    await room.send(source, { ...rows('orders', []), table_version: 3, messages: before });
    await drained(source);
    expect(await standing()).toEqual([
      { id: 4, version: 3 },
      { id: 5, version: 3 },
    ]);
  });

  test('stands beside its sequence and its times, and of a key that came twice the last value stands', async () => {
    const { source } = await room.addAll(warehouse);
    const record =
      '{"action":"upsert","sequence":1795414181040595701,"time_extracted":"2026-01-02T03:04:05.678901Z",' +
      '"vintage":"any","data":{"id":1,"n":1,"n":2}}';
    const body = Buffer.from(`{"table_name":"t","schema":{},"key_names":["id"],"messages":[${record}]}`);
    const request = { source, format: 'batch', body, clientId: source.accountId } as const;
    const from = Date.now();
    await room.intake.accept({ ...request, idempotencyKey: null });
    const to = Date.now();
    await drained(source);
    const [row] = await warehouse.query(
      `select n::int, _sdc_sequence, _sdc_table_version as version, _sdc_deleted_at as deleted,
         extract(epoch from _sdc_extracted_at)::text as extracted,
         (extract(epoch from _sdc_received_at) * 1000)::float as received, _sdc_batched_at >= _sdc_received_at as in_order
       from ${source.name}.t`,
    );
    expect(row).toMatchObject({
      n: 2,
      _sdc_sequence: '1795414181040595701',
      version: null,
      deleted: null,
      extracted: '1767323045.678901',
      in_order: true,
    });
    expect(row?.received).toBeGreaterThanOrEqual(from);
    expect(row?.received).toBeLessThanOrEqual(to);
  });

  test('as a push is typed value by value', async () => {
    const { source, account } = await room.addAll(warehouse);
    const data = '{"id":1,"a":3.14,"b":10,"c":3.0,"d":"2019-01-31T15:51:50Z","e":false}';
    const body = Buffer.from(
      `[{"client_id":${account.id},"table_name":"t","sequence":1,"action":"upsert","key_names":["id"],"data":${data}}]`,
    );
    const request = { source, format: 'push', body, clientId: account.id } as const;
    await room.intake.accept({ ...request, idempotencyKey: null });
    await drained(source);
    const types = ['a', 'b', 'c', 'd', 'e'].map((name) => `pg_typeof(${name})::text as ${name}`);
    expect(await warehouse.query(`select ${types.join(', ')} from ${source.name}.t`)).toEqual([
      { a: 'double precision', b: 'bigint', c: 'double precision', d: 'text', e: 'boolean' },
    ]);
  });

  test('is told with what became of it', async () => {
    const { source } = await room.addAll(warehouse);
    await room.send(source, rows('orders', [{ id: 1, lines: [{ sku: 'a' }, { sku: 'b' }] }]));
    const event = await until(() => {
      const found = room.events.find(({ kind, load }) => kind === 'loaded' && load.source.id === source.id);
      if (found?.kind !== 'loaded') throw new Error('not loaded yet');
      return found;
    });
    expect(event.totals).toEqual({ rowsLoaded: 3, rowsRejected: 0, droppedAsOlder: 0 });
    expect(event.result.tables.map(({ destination }) => destination)).toEqual(['orders', 'orders__lines']);
    expect(event.lagSeconds).toBeGreaterThan(0);
    expect(await room.store.loads.streams(source.accountId)).toMatchObject([
      { table: 'orders', error: null, lastLoadedAt: expect.any(Number) },
    ]);
  });
});
