import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExactNumber } from '../../src/lib/exact-number.ts';
import { failureOf, makeBatch, randomId, records } from '../support/load-session.ts';
import { type ObjectStore, startObjectStore } from '../support/object-store.ts';
import { challenge, dataKeys, linesOf, openStoreSession } from '../support/store-session.ts';

let store: ObjectStore;
beforeEach(async () => {
  store = await startObjectStore();
  challenge(store);
});
afterEach(() => store[Symbol.asyncDispose]());

test('writes records intact, every digit of them, with the system columns', async () => {
  await using session = await openStoreSession(store);
  const data = {
    id: 1,
    'any name at all': { nested: [1, { deep: null }], empty: [], '': true },
    amount: new ExactNumber('12345678901234567890.1000'),
    huge: new ExactNumber('1e400'),
    zeros: [0, { below: -0 }],
    text: 'line\nbreak "quoted" \u2028 \0 é 漢',
  };
  const result = await session.load('orders', [
    {
      tableVersion: 3,
      messages: [
        {
          data,
          sequence: new ExactNumber('1565880017204000001'),
          extractedAt: '2018-01-01T01:10:53.1234567Z',
        },
      ],
    },
  ]);
  const key = 'source/orders/3_1700000001000.jsonl';
  expect(dataKeys(store)).toEqual([key]);
  const text = store.buckets.get('lake')!.get(key)!.body.toString();
  expect(text).toContain('"amount":12345678901234567890.1000,"huge":1e400,"zeros":[0,{"below":-0}]');
  expect(text).toContain('"_sdc_sequence":1565880017204000001');
  expect(linesOf(store, key)).toEqual([
    {
      ...data,
      amount: Number('12345678901234567890.1'),
      huge: Number.POSITIVE_INFINITY,
      _sdc_sequence: Number('1565880017204000001'),
      _sdc_table_version: 3,
      _sdc_received_at: '2023-11-14T22:13:20.000000Z',
      _sdc_batched_at: '2023-11-14T22:13:21.000000Z',
      _sdc_extracted_at: '2018-01-01T01:10:53.123456Z',
    },
  ]);
  expect(result.tables).toEqual([
    {
      source: 'orders',
      destination: 'orders',
      rowsLoaded: 1,
      rowsRejected: 0,
      droppedAsOlder: 0,
      older: null,
      primaryKeys: ['id'],
      objects: [`lake/${key}`],
    },
  ]);
});

test('makes every record a row, also of a key that was there', async () => {
  await using session = await openStoreSession(store);
  await session.load('orders', [records({ id: 1 }, { id: 1 })]);
  await session.load('orders', [records({ id: 1 })]);
  expect(dataKeys(store)).toEqual([
    'source/orders/0_1700000001000.jsonl',
    'source/orders/0_1700000001001.jsonl',
  ]);
  expect(dataKeys(store).flatMap((key) => linesOf(store, key))).toHaveLength(3);
});

test('gives records without keys one that a repetition repeats', async () => {
  await using session = await openStoreSession(store);
  const batch = { id: randomId(), keyNames: [], messages: [{ data: { a: 1 } }, { data: {} }] };
  await session.load('one', [batch]);
  await session.load('two', [batch]);
  const [one, two] = ['one', 'two'].map((table) => linesOf(store, `source/${table}/0_1700000001000.jsonl`));
  expect(one).toEqual(two);
  expect(new Set(one!.map((line) => line.__sdc_primary_key)).size).toBe(2);
});

test('writes a manifest of each load, last', async () => {
  await using session = await openStoreSession(store);
  const loadId = randomId();
  await session.load('orders', [records({ id: 1 }, { id: 2 })], { loadId });
  expect(store.asked.at(-1)).toMatchObject({
    what: 'put',
    key: `_backstitch/manifests/source/orders/1700000001000_${loadId}.json`,
  });
  const manifest = store.buckets.get('lake')!.get(store.asked.at(-1)!.key)!.body.toString();
  expect(JSON.parse(manifest)).toMatchObject({
    load_id: loadId,
    objects: [{ key: 'source/orders/0_1700000001000.jsonl', table: 'orders', rows: 2 }],
  });
});

test('writes rejections beside, with the record, and their neighbours load', async () => {
  await using session = await openStoreSession(store);
  const result = await session.load('orders', [
    {
      messages: [
        { data: { id: 1 } },
        { data: { name: 'no key' } },
        { data: { id: 2, half: '\ud800' } },
        { data: { id: 3, _sdc_sequence: 7 } },
      ],
    },
  ]);
  const [key] = dataKeys(store).filter((name) => name.includes('_sdc_rejected'));
  expect(key).toBe('source/_sdc_rejected/orders/0_1700000001000.jsonl');
  expect(
    linesOf(store, key!).map(({ reason, _sdc_kind, _sdc_position }) => [reason, _sdc_kind, _sdc_position]),
  ).toEqual([
    ['Record is missing key property id', 'record', 1],
    ['text with half of a surrogate pair is not valid Unicode on half', 'record', 2],
    ['Column name _sdc_sequence is reserved for system columns', 'column', 3],
  ]);
  expect(linesOf(store, 'source/orders/0_1700000001000.jsonl').map(({ id }) => id)).toEqual([1, 3]);
  expect(result.tables[0]).toMatchObject({ rowsLoaded: 2, rowsRejected: 2 });
  expect(result.rejections).toHaveLength(3);
});

test('puts versions into files of their own, and skips what is below the active one', async () => {
  await using session = await openStoreSession(store);
  const version = (tableVersion: number, id: number) => ({ tableVersion, messages: [{ data: { id } }] });
  const first = await session.load('orders', [
    version(1, 1),
    version(2, 2),
    { tableVersion: 2, messages: [{ activate: 2 }] },
  ]);
  expect(dataKeys(store)).toEqual([
    'source/orders/1_1700000001000.jsonl',
    'source/orders/2_1700000001000.jsonl',
  ]);
  expect(first.notes).toMatchObject({ newVersion: true, tableVersion: '2' });
  const second = await session.load('orders', [version(1, 3), version(2, 4)]);
  expect(second.tables[0]).toMatchObject({ rowsLoaded: 1, droppedAsOlder: 1 });
  const repeated = await session.load('orders', [
    { tableVersion: 2, messages: [{ activate: 2 }, { activate: 1 }] },
  ]);
  expect(repeated.notes).toMatchObject({ newVersion: false });
  expect(repeated.tables[0]?.objects).toEqual([]);
});

test('compresses where keys end in .gz', async () => {
  await using session = await openStoreSession(store, {
    properties: {
      s3_key_format_string: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].jsonl.gz',
    },
  });
  await session.load('orders', [records({ id: 1 }, { id: 2 }), { messages: [{ data: {} }] }]);
  expect(dataKeys(store)).toEqual([
    'source/_sdc_rejected/orders/0_1700000001000.jsonl.gz',
    'source/orders/0_1700000001000.jsonl.gz',
  ]);
  expect(linesOf(store, 'source/orders/0_1700000001000.jsonl.gz')).toHaveLength(2);
});

test('does not begin without the challenge file, whatever the server may do', async () => {
  store.buckets.get('lake')!.clear();
  const failure = await failureOf(openStoreSession(store));
  expect(failure).toMatchObject({ kind: 'refused', code: 'challenge_missing' });
  expect(store.buckets.get('lake')!.size).toBe(0);
});

test('sends large files in parts', async () => {
  const partBytes = 5 * 1024 * 1024;
  await using session = await openStoreSession(store, { tuning: { partBytes } });
  const filler = 'x'.repeat(100_000);
  await session.load('orders', [records(...Array.from({ length: 130 }, (_, id) => ({ id, filler })))]);
  expect(store.asked.filter(({ what }) => what === 'part')).toHaveLength(3);
  expect(linesOf(store, 'source/orders/0_1700000001000.jsonl').map(({ id }) => id)).toEqual(
    Array.from({ length: 130 }, (_, id) => id),
  );
});

test('sends parts while the rows of the next are made', async () => {
  const partBytes = 5 * 1024 * 1024;
  const { session } = await openStoreSession(store, { tuning: { partBytes } });
  const filler = 'x'.repeat(50_000);
  const batch = () => makeBatch(records(...Array.from({ length: 128 }, (_, id) => ({ id, filler }))));
  const begun: boolean[] = [];
  const batches = {
    async *[Symbol.asyncIterator]() {
      for (let turn = 0; turn < 3; turn += 1) {
        begun.push(store.asked.some(({ what }) => what === 'begin'));
        yield batch();
      }
    },
  };
  const plan = { loadId: randomId(), lane: { schema: 'source', table: 'orders' }, fence: 1, batchedAt: 1 };
  await session.load(plan, batches, new AbortController().signal);
  // Two parts may be waiting before anybody has to wait for one.
  expect(begun).toEqual([false, expect.any(Boolean), true]);
  await session[Symbol.asyncDispose]();
});
