import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../../../src/lib/exact-number.ts';
import { records, type SentBatch } from '../../support/load-session.ts';
import type { Suite } from './open-suite.ts';

const exact = (text: string): ExactNumber => new ExactNumber(text);

/** Numbers, times and texts at the ends of what can be sent, and in between. */
const values = {
  integers: [
    0,
    -1,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 32 + 7,
    Number.MIN_SAFE_INTEGER,
    exact('9223372036854775807'),
  ],
  lowest: [exact('-9223372036854775808')],
  doubles: [0.1, -0.5, exact('1.7976931348623157e308'), 5e-324, 123456.789, exact('1e21'), exact('3.0')],
  numerics: [exact('12345678901234567.123456789012345678'), exact('-0.1234567890123456789')],
  booleans: [true, false],
  texts: [
    '',
    ' ',
    'a',
    ' a ',
    "it's",
    'näme',
    '日本語',
    '😀 \u{10ffff}',
    'tab\tnew\nline\rreturn',
    '\\N',
    '\\',
    '"',
    '`',
  ],
};

/** Times as they are typed by a schema: they are the same moment everywhere, to the microsecond. */
const times = [
  '2026-11-20T12:30:45Z',
  '2026-11-20T12:30:45.123456789+01:00',
  '1969-12-31T23:59:59.999999Z',
  '2024-02-29T00:00:00-11',
  '9999-12-31T23:59:59.999999Z',
  '1000-01-01T00:00:00',
];

export function valueContract({ open, given, tables }: Suite): void {
  describe('values', () => {
    test.each(Object.entries(values))('of the kind %s keep every digit and character', async (_, list) => {
      await using room = await open();
      await room.load('t', [records(...list.map((v, id) => ({ id, v, nested: { v, list: [v] } })))]);
      await room.expectLoaded('t');
      expect(await room.records('t')).toHaveLength(list.length);
    });

    test('that are times stand in microseconds and UTC', async () => {
      await using room = await open();
      const schema = { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } };
      const messages = times.map((at, id) => ({ data: { id, at }, sequence: id, extractedAt: at }));
      await room.load('t', [{ schema, messages }]);
      await room.expectLoaded('t');
    });

    test('go into columns of the types that the documents name', async () => {
      await using room = await open();
      const schema = {
        properties: {
          at: { type: 'string', format: 'date-time' },
          money: { type: 'number', multipleOf: 0.01 },
        },
      };
      const data = {
        id: 1,
        flag: true,
        double: 0.5,
        money: 1.25,
        at: times[0],
        text: 'x',
        list: [1],
        empty: [],
        no: {},
      };
      const result = await room.load('t', [{ schema, messages: [{ data, sequence: 1 }] }]);
      const columns = await room.place.columns('t');
      if (tables.columns === 'none') {
        expect(columns).toEqual({});
        expect(result.schemaChanges).toEqual([]);
        return;
      }
      const types = given.columnTypes ?? {};
      expect(columns).toMatchObject({
        id: types.integer,
        flag: types.boolean,
        double: types.double,
        money: types.numeric,
        at: types.timestamp,
        text: types.text,
        _sdc_sequence: types.integer,
        _sdc_received_at: types.timestamp,
        _sdc_batched_at: types.timestamp,
        ...(tables.nesting === 'json' && { list: types.json }),
      });
      // What nests keeps them as they were sent; elsewhere they leave nothing.
      expect('no' in columns).toBe(tables.nesting === 'json');
      const subtables = (await room.place.tables()).filter((name) => name !== 't');
      expect(subtables).toEqual(tables.nesting === 'subtables' ? ['t__list'] : []);
      if (tables.ddl === 'none') expect(result.schemaChanges).toEqual([]);
      else expect(result.schemaChanges[0]).toMatchObject({ table: 't', kind: 'table_created', before: null });
    });

    test('of the system say where a record comes from', async () => {
      await using room = await open();
      const sent: SentBatch = {
        tableVersion: 7,
        messages: [
          {
            data: { id: 1, _sdc_deleted_at: '2026-01-02T03:04:05Z' },
            sequence: 9_007_199_254_740_993n,
            extractedAt: '2026-11-20T12:30:45.123456Z',
          },
        ],
      };
      await room.load('t', [sent]);
      await room.expectLoaded('t');
      expect(await room.records('t')).toMatchObject([
        {
          sequence: '#9007199254740993',
          version: '#7',
          extractedAt: '@1795177845123456',
          receivedAt: '@1700000000000000',
        },
      ]);
      const [row] = await room.place.rows((await room.place.tables())[0]!);
      expect(row?._sdc_batched_at).toBe('@1700000001000000');
    });

    test('that are long, many or wide are all there', async () => {
      await using room = await open();
      const wide = Object.fromEntries(
        Array.from({ length: 150 }, (_, at) => [`c${at}`, at % 2 ? at : `v${at}`]),
      );
      const long = 'ä😀'.repeat(150_000);
      await room.load('t', [
        records(
          { id: 1, long },
          { id: 2, ...wide },
          { id: 3, list: Array.from({ length: 2_000 }, (_, n) => n) },
        ),
      ]);
      await room.load('t', [
        {
          messages: Array.from({ length: 3_000 }, (_, id) => ({
            data: { id: id + 10, note: `row ${id}` },
            sequence: id,
          })),
        },
      ]);
      await room.expectLoaded('t');
    });

    test('in objects and arrays to any depth belong to their record', async () => {
      await using room = await open();
      const order = (id: number, sku: string) => ({
        id,
        customer: { name: 'A', address: { city: 'B', geo: { lat: 1.5 } } },
        lines: [
          { sku, taxes: [{ rate: 0.5 }, { rate: 0.25, parts: ['x', 'y'] }] },
          { sku: `${sku}2`, n: id },
        ],
      });
      await room.load('orders', [records(order(1, 'a'), order(2, 'b'))]);
      await room.load('orders', [
        { messages: [{ data: { ...order(1, 'new'), lines: [{ sku: 'one' }] }, sequence: 50 }] },
      ]);
      await room.expectLoaded('orders');
    });
  });
}
