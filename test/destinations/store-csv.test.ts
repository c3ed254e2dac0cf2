import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExactNumber } from '../../src/lib/exact-number.ts';
import { records } from '../support/load-session.ts';
import { type ObjectStore, startObjectStore } from '../support/object-store.ts';
import { challenge, dataKeys, openStoreSession, textOf } from '../support/store-session.ts';

const properties = {
  output_file_format: 'csv',
  s3_key_format_string: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].csv',
};
const orders = 'source/orders/0_1700000001000.csv';

let store: ObjectStore;
beforeEach(async () => {
  store = await startObjectStore();
  challenge(store);
});
afterEach(() => store[Symbol.asyncDispose]());

/** Rows as somebody else's reader sees them. */
const rowsOf = (key: string, delimiter = ','): Record<string, string>[] =>
  parse(textOf(store, key), { columns: true, delimiter });

test('flattens objects, and writes arrays into files below', async () => {
  await using session = await openStoreSession(store, { properties });
  const result = await session.load('contacts', [
    records({
      id: 2078178,
      address: { city: 'Ooo', geo: { lat: 1.5 } },
      personas: [
        { id: 'persona_1', type: 'Princess', powers: ['pink'] },
        { id: 'persona_2', type: 'Heroine', powers: [] },
      ],
    }),
  ]);
  expect(dataKeys(store)).toEqual([
    'source/contacts/0_1700000001000.csv',
    'source/contacts/personas/0_1700000001000.csv',
    'source/contacts/personas/powers/0_1700000001000.csv',
  ]);
  expect(rowsOf('source/contacts/0_1700000001000.csv')).toEqual([
    {
      _sdc_sequence: '1',
      _sdc_table_version: '',
      _sdc_received_at: '2023-11-14T22:13:20.000000Z',
      _sdc_batched_at: '2023-11-14T22:13:21.000000Z',
      _sdc_extracted_at: '',
      _sdc_deleted_at: '',
      id: '2078178',
      address__city: 'Ooo',
      address__geo__lat: '1.5',
    },
  ]);
  expect(rowsOf('source/contacts/personas/0_1700000001000.csv')).toMatchObject([
    { _sdc_source_key_id: '2078178', _sdc_level_0_id: '0', id: 'persona_1', type: 'Princess' },
    { _sdc_source_key_id: '2078178', _sdc_level_0_id: '1', id: 'persona_2', type: 'Heroine' },
  ]);
  expect(rowsOf('source/contacts/personas/powers/0_1700000001000.csv')).toMatchObject([
    { _sdc_source_key_id: '2078178', _sdc_level_0_id: '0', _sdc_level_1_id: '0', _sdc_value: 'pink' },
  ]);
  expect(result.tables.map(({ source, rowsLoaded, objects }) => [source, rowsLoaded, objects])).toEqual([
    ['contacts', 1, ['lake/source/contacts/0_1700000001000.csv']],
    ['contacts__personas', 2, ['lake/source/contacts/personas/0_1700000001000.csv']],
    ['contacts__personas__powers', 1, ['lake/source/contacts/personas/powers/0_1700000001000.csv']],
  ]);
});

test.each([',', '|', '\t', '\\t'])('any text comes back, between %j', async (csv_delimiter) => {
  await using session = await openStoreSession(store, { properties: { ...properties, csv_delimiter } });
  const anyText = fc.string({
    unit: fc.oneof(
      fc.constantFrom(',', '|', '\t', '"', '\n', '\r', ' ', '\\', "'", '\0'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  });
  const texts = fc.sample(anyText, { numRuns: 300, seed: 7 });
  await session.load('orders', [records(...texts.map((text, id) => ({ id, text })))]);
  const delimiter = csv_delimiter === '\\t' ? '\t' : csv_delimiter;
  expect(rowsOf(orders, delimiter).map(({ text }) => text)).toEqual(texts);
});

test('tells null from an empty text, and keeps every digit', async () => {
  await using session = await openStoreSession(store, { properties });
  await session.load('orders', [
    records(
      { id: 1, text: '', other: null },
      { id: 2, text: null, other: new ExactNumber('0.10000000000000000000') },
      { id: 3, other: true },
    ),
  ]);
  const lines = textOf(store, orders).split('\n');
  expect(lines.map((line) => line.split(',').slice(6).join(','))).toEqual([
    'id,text,other',
    '1,"",',
    '2,,0.10000000000000000000',
    '3,,true',
    '',
  ]);
});

test('quotes every value when it is told to', async () => {
  await using session = await openStoreSession(store, {
    properties: { ...properties, csv_force_quote: 'true' },
  });
  await session.load('orders', [records({ id: 1, name: null, price: 1.5 })]);
  expect(textOf(store, orders)).toMatch(
    /^"_sdc_sequence","_sdc_table_version",.*"id","price"\n"1",,".*"1","1\.5"\n$/,
  );
});

test('keeps the order of columns from load to load', async () => {
  await using first = await openStoreSession(store, { properties });
  await first.load('orders', [records({ id: 1, a: 1, b: 2 })]);
  await using second = await openStoreSession(store, { properties });
  await second.load('orders', [records({ id: 2, c: 3, b: 4 })]);
  const header = (key: string) => textOf(store, key).split('\n')[0]!.split(',').slice(6);
  expect(dataKeys(store).map(header)).toEqual([
    ['id', 'a', 'b'],
    ['id', 'a', 'b', 'c'],
  ]);
  expect(rowsOf('source/orders/0_1700000001001.csv')).toMatchObject([{ id: '2', a: '', b: '4', c: '3' }]);
});

test('a column that comes up late has its place in every row', async () => {
  const partBytes = 5 * 1024 * 1024;
  await using session = await openStoreSession(store, { properties, tuning: { partBytes } });
  const filler = 'x'.repeat(100_000);
  const many = Array.from({ length: 134 }, (_, id) => ({
    id,
    filler,
    ...(id === 1 && { second: 2 }),
    ...(id > 130 && { late: id }),
  }));
  const result = await session.load('orders', [records(...many)]);
  const rows = rowsOf(orders);
  expect(rows.map(({ id }) => Number(id))).toEqual(many.map(({ id }) => id));
  expect(rows.filter(({ late }) => late !== '').map(({ id }) => Number(id))).toEqual([131, 132, 133]);
  expect(result.tables[0]?.rowsLoaded).toBe(134);
  // It was written twice: the first header had gone out when the column came.
  expect(store.asked.filter(({ what }) => what === 'begin')).toHaveLength(2);
  expect(store.uploads.size).toBe(0);
});

test('tables and fields may have names that every object has', async () => {
  await using session = await openStoreSession(store, { properties });
  const data = JSON.parse('{"id": 1, "__proto__": {"a": 1}, "constructor": [{"toString": 2}]}') as object;
  await session.load('constructor', [records(data)]);
  expect(rowsOf('source/constructor/0_1700000001000.csv')).toMatchObject([{ id: '1', __proto____a: '1' }]);
  expect(rowsOf('source/constructor/constructor/0_1700000001000.csv')).toMatchObject([{ toString: '2' }]);
});
