import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExactNumber } from '../../src/lib/exact-number.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { failureOf, openTestSession, type SentBatch } from '../support/load-session.ts';

/** What PostgreSQL keeps of values, by the type that they have or that their schema gives them. */
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => await db?.[Symbol.asyncDispose]());

const exact = (text: string) => new ExactNumber(text);
const dateTime = { type: ['null', 'string'], format: 'date-time' };

/** Records of ids 1, 2, 3 … with one value each. */
const values = (schema: object, ...list: readonly unknown[]): SentBatch => ({
  schema: { properties: { v: schema } },
  messages: list.map((v, at) => ({ data: { id: at + 1, v }, sequence: at })),
});

/** A session with an empty schema of its own; says what of a table's columns named `v…` holds a value, row by row. */
async function open() {
  const schema = `s_${randomBytes(4).toString('hex')}`;
  const loads = await openTestSession(db, { schema });
  return {
    ...loads,
    schema,
    async columns(table = 't'): Promise<Record<string, unknown>> {
      const rows = await db.query(
        `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
         where attrelid = '${schema}.${table}'::regclass and attname ~ '^v' and not attisdropped order by 1`,
      );
      return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
    },
    async values(table = 't'): Promise<unknown[]> {
      const rows = await db.query(
        `set timezone = 'UTC'; select v.name || ' ' || (v.value #>> '{}') as text
         from ${schema}.${table} t left join lateral jsonb_each(to_jsonb(t)) v (name, value)
           on v.name ~ '^v' and v.value <> 'null' order by t.id, 1`,
      );
      return rows.map(({ text }) => text);
    },
    times: async () =>
      (await db.query(`set timezone = 'UTC'; select v::text as text from ${schema}.t order by id`)).map(
        ({ text }) => text,
      ),
  };
}

describe('a column', () => {
  test('of every type at once is one for each of them, named by its type', async () => {
    await using room = await open();
    const either = { anyOf: [dateTime, {}] };
    const time = '2026-01-02T03:04:05Z';
    await room.load('t', [values(either, 7, 'seven', 7.5, true, time, exact('0.12345678901234567890'))]);
    expect(await room.columns()).toEqual({
      v__bi: 'bigint',
      v__bo: 'boolean',
      v__de: 'numeric',
      v__do: 'double precision',
      v__st: 'text',
      v__ti: 'timestamp with time zone',
    });
    expect(await room.values()).toEqual([
      'v__bi 7',
      'v__st seven',
      'v__do 7.5',
      'v__bo true',
      'v__ti 2026-01-02T03:04:05+00:00',
      'v__de 0.12345678901234567890',
    ]);
  });

  test('is renamed when a second type comes, with the values that it has', async () => {
    await using room = await open();
    await room.load('t', [values({}, false)]);
    expect(await room.columns()).toEqual({ v: 'boolean' });
    await room.load('t', [{ messages: [{ data: { id: 2, v: 'yes' }, sequence: 2 }] }]);
    expect(await room.columns()).toEqual({ v__bo: 'boolean', v__st: 'text' });
    expect(await room.values()).toEqual(['v__bo false', 'v__st yes']);
  });

  test('is made when some record has a value for it, and not before', async () => {
    await using room = await open();
    await room.load('t', [values({ type: ['null', 'string'] }, null, null)]);
    expect(await room.columns()).toEqual({});
    await room.load('t', [{ messages: [{ data: { id: 1, v: 'x' }, sequence: 5 }] }]);
    expect(await room.values()).toEqual(['v x', null]);
  });
});

describe('numbers', () => {
  test('of a number column are doubles to 17 digits, and numeric beyond', async () => {
    await using room = await open();
    const digits = '0.12345678901234567';
    await room.load('t', [values({ type: 'number' }, 3, exact(digits), 9007199254740991)]);
    expect(await room.columns()).toEqual({ v: 'double precision' });
    await room.load('u', [values({ type: 'number' }, exact(`${digits}8`), exact('9007199254740993'))]);
    expect(await room.columns('u')).toEqual({ v: 'numeric' });
    expect(await room.values('u')).toEqual([`v ${digits}8`, 'v 9007199254740993']);
    await room.load('w', [values({ type: 'number', multipleOf: 0.01 }, 12.5, exact('12.50'), 3)]);
    expect(await room.columns('w')).toEqual({ v: 'numeric' });
  });

  test('beyond int64, or beyond what numeric holds, are rejected; the others load', async () => {
    await using room = await open();
    const tooLarge = [exact('9223372036854775808'), exact('-9223372036854775809')];
    const integers = await room.load('t', [values({ type: 'integer' }, ...tooLarge, 3)]);
    expect(integers.tables[0]).toMatchObject({ rowsLoaded: 1, rowsRejected: 2 });
    const tooLong = [exact('1e131073'), exact(`0.${'0'.repeat(16_383)}1`)];
    const decimals = await room.load('u', [values({ type: 'number' }, ...tooLong, exact('1e400'))]);
    expect(decimals.tables[0]).toMatchObject({ rowsLoaded: 1, rowsRejected: 2 });
    expect(await room.values('u')).toEqual([`v 1${'0'.repeat(400)}`]);
  });
});

describe('a date-time', () => {
  test('is read with every offset and up to nine digits of a second', async () => {
    await using room = await open();
    const times = [
      ['2026-01-31T15:51:50Z', '2026-01-31 15:51:50+00'],
      ['2026-01-31T15:51:50', '2026-01-31 15:51:50+00'],
      ['2026-01-31T15:51:50+01', '2026-01-31 14:51:50+00'],
      ['2026-01-31T15:51:50+0130', '2026-01-31 14:21:50+00'],
      ['2026-01-31T15:51:50-01:30', '2026-01-31 17:21:50+00'],
      ['2026-01-31T15:51:50.5Z', '2026-01-31 15:51:50.5+00'],
      ['2026-01-31T15:51:50.123456789Z', '2026-01-31 15:51:50.123456+00'],
      ['-4712-01-01T00:00:00Z', '4713-01-01 00:00:00+00 BC'],
      ['294276-12-31T23:59:59.999999Z', '294276-12-31 23:59:59.999999+00'],
    ];
    const { rejections } = await room.load('t', [values(dateTime, ...times.map(([sent]) => sent))]);
    expect(rejections).toEqual([]);
    expect(await room.times()).toEqual(times.map(([, stands]) => stands));
  });

  test('that does not exist or is out of range is rejected, or a text where the schema allows one', async () => {
    await using room = await open();
    const wrong = ['2016-12-31T23:59:60Z', '2026-02-30T00:00:00Z', 'soon', '2026-01-31T15:51:50.1234567890Z'];
    const outside = ['294277-01-01T00:00:00Z', '-4713-12-31T23:59:59Z'];
    const good = '2026-01-31T15:51:50Z';
    const { rejections } = await room.load('t', [values(dateTime, ...wrong, good, ...outside)]);
    expect(rejections.map(({ kind, position }) => [kind, position])).toEqual(
      [0, 1, 2, 3, 5, 6].map((position) => ['record', position]),
    );
    expect(await room.times()).toEqual(['2026-01-31 15:51:50+00']);
    await room.load('u', [values({ anyOf: [dateTime, { type: 'string' }] }, ...wrong, good)]);
    expect(await room.columns('u')).toEqual({ v__st: 'text', v__ti: 'timestamp with time zone' });
    expect(await room.values('u')).toEqual([
      ...wrong.map((text) => `v__st ${text}`),
      'v__ti 2026-01-31T15:51:50+00:00',
    ]);
  });
});

describe('a key', () => {
  const keys = { string: 'a', integer: 1, boolean: true, double: 1.5, time: '2026-01-31T15:51:50Z' };
  const schema = { properties: { time: dateTime } };

  test('may be a string, an integer, a boolean, a number of 17 digits or a date-time', async () => {
    await using room = await open();
    for (const [name, key] of Object.entries(keys)) {
      const send = (v: string, sequence: number): SentBatch => ({
        schema,
        keyNames: [name],
        messages: [{ data: { [name]: key, v }, sequence }],
      });
      await room.load(name, [send('old', 1)]);
      expect((await room.load(name, [send('new', 2)])).rejections).toEqual([]);
    }
    const counted = Object.keys(keys).map((name) => `(select count(*)::int from ${room.schema}."${name}")`);
    expect(await db.query(`select array[${counted.join(', ')}] as rows`)).toEqual([
      { rows: [1, 1, 1, 1, 1] },
    ]);
  });

  test('never splits: another type, or more digits, rejects the record and leaves the column', async () => {
    await using room = await open();
    const send = (...list: readonly unknown[]): SentBatch => ({
      keyNames: ['v'],
      messages: list.map((v, at) => ({ data: { id: at, v }, sequence: at })),
    });
    await room.load('t', [send(1.5)]);
    const longer = exact('0.123456789012345678');
    const mixed = await room.load('t', [send('one', longer, 2.5)]);
    expect(mixed.rejections.map(({ position }) => position)).toEqual([0, 1]);
    expect(await room.columns()).toEqual({ v: 'double precision' });
    expect(await failureOf(room.load('t', [send('one', longer)]))).toMatchObject({ kind: 'blocked' });
    expect(await room.values()).toEqual(['v 1.5', 'v 2.5']);
  });
});
