import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../test/support/embedded-postgres.ts';
import { type ImportRoom, openImportRoom } from '../../test/support/import-room.ts';
import { createClient, importRecords } from '../src/index.ts';

let room: ImportRoom;
beforeAll(async () => {
  room = await openImportRoom();
});
afterAll(async () => await room?.[Symbol.asyncDispose]());

const schema = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } };

function* numbered(count: number) {
  for (let id = 0; id < count; id += 1) yield { id, name: `record ${id}` };
}

const rowsOf = async (schemaName: string, table: string): Promise<string[]> => {
  const rows = await room.warehouse.query(
    `select id::text as id from "${schemaName}"."${table}" as t order by t.id`,
  );
  return rows.map((row) => String((row as { id: string }).id));
};

const idsUpTo = (count: number): string[] => Array.from({ length: count }, (_, id) => String(id));

describe('importing', () => {
  test('puts each record into its table once, though the server is killed on the way', async () => {
    const source = await room.addSource();
    let restarted: Promise<void> | undefined;
    const restart = async () => {
      await room.killServer();
      await room.startServer();
    };
    // Append-only: what was sent twice would stand there twice.
    const imported = await importRecords({
      baseUrl: room.address,
      token: source.token,
      table: 'appended',
      schema,
      records: numbered(3_000),
      batchRecords: 100,
      concurrency: 4,
      onBatch: () => {
        restarted ??= restart();
      },
    });
    await restarted;
    expect(imported).toEqual({ records: 3_000, rejected: 0, batches: 30 });
    await until(async () => expect(await rowsOf(source.name, 'appended')).toHaveLength(3_000), 30_000);
    expect(await rowsOf(source.name, 'appended')).toEqual(idsUpTo(3_000));
  });

  test('sets bad records aside, or stops at the first one', async () => {
    const source = await room.addSource();
    const target = { baseUrl: room.address, token: source.token, table: 'orders', schema, keyNames: ['id'] };
    const records = [{ id: 1 }, { id: 'x' }, { id: 2 }];
    expect(await importRecords({ ...target, records })).toEqual({ records: 3, rejected: 1, batches: 1 });
    await until(async () => expect(await rowsOf(source.name, 'orders')).toEqual(['1', '2']));
    const strict = importRecords({ ...target, records, onInvalid: 'refuse' });
    await expect(strict).rejects.toMatchObject({
      name: 'BadRequestError',
      message: expect.stringMatching(/Record 1/),
    });
    const client = createClient({ baseUrl: room.address, token: room.token });
    await until(async () =>
      expect(await client.sources.rejected(source.id)).toMatchObject([{ table_name: 'orders', records: 1 }]),
    );
  });

  test('asks for records only as they can be sent', async () => {
    const source = await room.addSource();
    let asked = 0;
    let held: (() => void) | undefined;
    const holding = new Promise<void>((resolve) => {
      held = resolve;
    });
    const importing = importRecords({
      baseUrl: room.address,
      token: source.token,
      table: 'slow',
      schema,
      records: (function* () {
        for (const record of numbered(1_000)) {
          asked += 1;
          yield record;
        }
      })(),
      batchRecords: 10,
      concurrency: 2,
      fetch: async (input, init) => {
        await holding;
        return await fetch(input, init);
      },
    });
    await until(() => expect(asked).toBe(21));
    held?.();
    expect(await importing).toMatchObject({ records: 1_000 });
    expect(asked).toBe(1_000);
  });

  test.each([
    ['a wrong token', { token: 'at_wrong' }, 'AuthenticationError'],
    ['a record that JSON cannot say', { records: [{ big: Number }, { f: circular() }] }, 'BadRequestError'],
  ])('ends with %s', async (_what, changes, name) => {
    const target = { baseUrl: room.address, token: room.token, table: 't', schema, records: numbered(1) };
    await expect(importRecords({ ...target, ...changes })).rejects.toMatchObject({ name });
  });

  test('ends when the signal says so', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const importing = importRecords({
      baseUrl: 'http://127.0.0.1:9',
      token: 'at_any',
      table: 't',
      schema,
      records: numbered(10),
      signal: stop.signal,
      fetch: async () => {
        stop.abort(reason);
        throw new TypeError('fetch failed');
      },
    });
    await expect(importing).rejects.toBe(reason);
  });

  test('gives up after the time it was given, and says what to do', async () => {
    const importing = importRecords({
      baseUrl: 'http://127.0.0.1:9',
      token: 'at_any',
      table: 't',
      schema,
      records: numbered(1),
      retryMilliseconds: 0,
    });
    await expect(importing).rejects.toMatchObject({
      name: 'TimeoutError',
      remedy: expect.stringMatching(/again/),
    });
  });
});

function circular(): object {
  const self: { self?: object } = {};
  self.self = self;
  return self;
}
