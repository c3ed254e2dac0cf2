import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openTestSession, randomId, records, type SentBatch } from '../support/load-session.ts';
import { startPostgresProxy } from '../support/postgres-proxy.ts';

/** What tables have that nobody sent, and how rows get into them. */
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => await db?.[Symbol.asyncDispose]());

/** A session with an empty schema of its own. */
async function open(options: Parameters<typeof openTestSession>[1] = {}) {
  const schema = `s_${randomBytes(4).toString('hex')}`;
  const loads = await openTestSession(db, { schema, ...options });
  return {
    ...loads,
    schema,
    /** Columns with their types, the key's marked by `!`, in any order. */
    async columns(table: string): Promise<Record<string, unknown>> {
      const rows = await db.query(
        `select attname as name, format_type(atttypid, atttypmod) || case when attnotnull then '!' else '' end as type
         from pg_attribute where attrelid = '${schema}."${table}"'::regclass and attnum > 0 order by 1`,
      );
      return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
    },
    async key(table: string): Promise<unknown> {
      const [found] = await db.query(
        `select pg_get_constraintdef(oid) as key from pg_constraint
         where conrelid = '${schema}."${table}"'::regclass and contype = 'p'`,
      );
      return found?.key ?? null;
    },
    rows: (columns: string, table: string) =>
      db.query(`select ${columns} from ${schema}."${table}" order by 1, 2`),
  };
}

const ofSubtable = {
  _sdc_batched_at: 'timestamp with time zone',
  _sdc_received_at: 'timestamp with time zone',
  _sdc_sequence: 'bigint',
  _sdc_table_version: 'bigint',
};
const ofTable = {
  ...ofSubtable,
  _sdc_deleted_at: 'timestamp with time zone',
  _sdc_extracted_at: 'timestamp with time zone',
};

describe('a table', () => {
  test('has the columns of the system with their types, and its keys as a PRIMARY KEY without nulls', async () => {
    await using room = await open();
    const name = 'n'.repeat(63);
    await room.load(name, [{ ...records({ id: 1, region: 'eu' }), keyNames: ['region', 'id'] }]);
    expect(await room.columns(name)).toEqual({ ...ofTable, id: 'bigint!', region: 'text!' });
    expect(await room.key(name)).toBe('PRIMARY KEY (region, id)');
  });

  test('of an array has the keys of the record and its place in each array, which make its own key', async () => {
    await using room = await open();
    const lines = [{ tags: ['a', 'b'] }, { tags: ['c'] }];
    await room.load('t', [{ ...records({ id: 'x', lines }), keyNames: ['id'] }]);
    const keys = { _sdc_source_key_id: 'text!', _sdc_level_0_id: 'bigint!' };
    expect(await room.columns('t__lines')).toEqual({ ...ofSubtable, ...keys });
    expect(await room.columns('t__lines__tags')).toEqual({
      ...ofSubtable,
      ...keys,
      _sdc_level_1_id: 'bigint!',
      _sdc_value: 'text',
    });
    expect(await room.key('t__lines__tags')).toBe(
      'PRIMARY KEY (_sdc_source_key_id, _sdc_level_0_id, _sdc_level_1_id)',
    );
    expect(await room.rows('_sdc_level_0_id::int as l0, _sdc_source_key_id as id', 't__lines')).toEqual([
      { l0: 0, id: 'x' },
      { l0: 1, id: 'x' },
    ]);
    expect(
      await room.rows(
        '_sdc_level_0_id::int as l0, _sdc_level_1_id::int as l1, _sdc_value as v, _sdc_source_key_id as id',
        't__lines__tags',
      ),
    ).toEqual([
      { l0: 0, l1: 0, v: 'a', id: 'x' },
      { l0: 0, l1: 1, v: 'b', id: 'x' },
      { l0: 1, l1: 0, v: 'c', id: 'x' },
    ]);
  });

  test('without keys has one for each record, which is the same when the batch is loaded again', async () => {
    await using room = await open();
    const sent: SentBatch = {
      id: randomId(),
      keyNames: [],
      messages: [{ data: { a: 1 } }, { data: { a: 1 } }],
    };
    await room.load('t', [sent]);
    await room.load('again', [sent]);
    await room.load('other', [{ ...sent, id: randomId() }]);
    expect(await room.columns('t')).toEqual({ ...ofTable, __sdc_primary_key: 'text', a: 'bigint' });
    expect(await room.key('t')).toBe(null);
    const keysOf = async (table: string) =>
      (await room.rows('__sdc_primary_key as key, a', table)).map(({ key }) => String(key));
    const keys = await keysOf('t');
    expect(new Set(keys).size).toBe(2);
    for (const key of keys)
      expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await keysOf('again')).toEqual(keys);
    expect((await keysOf('other')).filter((key) => keys.includes(key))).toEqual([]);
  });
});

/** Records with arrays in them; the one that comes last by name comes first. */
const many = (count: number, sequence: number, parts: object = {}, from = 0): SentBatch => ({
  messages: Array.from({ length: count }, (_, at) => ({
    data: { id: from + at, note: `row ${at}`, b_kids: [at], a_kids: [{ list: [at] }], ...parts },
    sequence,
  })),
});

test('rows are staged, tables altered last, and parents merged before children, in as few statements for many', async () => {
  await using room = await open();
  await room.load('t', [many(5, 1)]);
  /** In a session of its own, so that each statement is sent with its text. */
  const statementsOf = async (...sent: readonly SentBatch[]): Promise<readonly string[]> => {
    await using proxy = await startPostgresProxy({ targetPort: db.port });
    const { schema } = room;
    await using loads = await openTestSession(db, { schema, port: proxy.port, tuning: { givenRows: 0 } });
    await loads.load('t', sent);
    return proxy.statements.map((statement) => statement.replaceAll(`"${schema}".`, ''));
  };
  const split = await statementsOf(many(5, 2, { note: 5 }));
  const staged = split.findLastIndex((statement) => statement.startsWith('copy '));
  const altered = split.findIndex((statement) => statement.includes('alter table "t" rename column "note"'));
  const merged = split.flatMap((statement) => /insert into ("t.*?")/.exec(statement)?.[1] ?? []);
  const begun = split.findIndex((statement) => statement.includes('insert into "t"'));
  expect([staged, altered, begun].every((at, index, all) => at > (all[index - 1] ?? -1))).toBe(true);
  expect(merged).toEqual(['"t"', '"t__a_kids"', '"t__a_kids__list"', '"t__b_kids"']);

  const few = await statementsOf(many(10, 3));
  expect(few.join('\n')).toMatch(/lock_timeout = '5000ms'/);
  expect(await statementsOf(many(1_000, 4))).toHaveLength(few.length);
  const others = await statementsOf(
    { ...many(10, 5, { note: '\0' }), tableVersion: 2 },
    { messages: [{ activate: 2 }] },
  );
  // Staging ends with its transaction: `on commit drop`.
  for (const statement of [...split, ...few, ...others])
    expect(statement).not.toMatch(/\bdrop\b(?!$)|\bcascade\b|\btruncate\b/i);
});

test('who reads while versions are activated sees one of them, whole, with all that belongs to it', async () => {
  await using room = await open();
  const version = (tableVersion: number): SentBatch[] => [
    { ...many(200, 1, {}, tableVersion * 100), tableVersion },
    { messages: [{ activate: tableVersion }] },
  ];
  await room.load('t', version(1));
  await using stack = new AsyncDisposableStack();
  const reader = new pg.Client({ connectionString: db.url });
  await reader.connect();
  stack.defer(async () => await reader.end());
  const seen: unknown[] = [];
  const read = async (): Promise<void> => {
    const { rows } = await reader.query(
      `select count(*)::int as rows, count(distinct _sdc_table_version)::int as versions,
         (select count(*)::int from ${room.schema}.t__b_kids) as kids from ${room.schema}.t`,
    );
    seen.push(...rows);
  };
  const loads = (async () => {
    for (const number of [2, 3, 4, 5, 6]) await room.load('t', version(number));
    return 'loaded' as const;
  })();
  while ((await Promise.race([loads, read()])) !== 'loaded');
  expect(seen.length).toBeGreaterThan(5);
  const whole = JSON.stringify({ rows: 200, versions: 1, kids: 200 });
  expect(seen.map((each) => JSON.stringify(each)).filter((each) => each !== whole)).toEqual([]);
});
