import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { bothWays, openTestSession, randomId, records, type SentBatch } from '../support/load-session.ts';

describe.each(bothWays)('with rows that are $way', ({ tuning }) => {
  test('a poison record among a thousand is one rejection with its reason, and 999 rows', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const data = Array.from({ length: 1000 }, (_, id) => ({
      id,
      note: id === 500 ? 'nul \0 inside' : 'fine',
    }));
    const loadId = randomId();
    const result = await loads.load('t', [records(...data)], { loadId });
    expect(result.tables[0]).toMatchObject({ rowsLoaded: 999, rowsRejected: 1 });
    expect(result.rejections).toEqual([
      {
        batchId: expect.any(String),
        position: 500,
        table: 't',
        kind: 'record',
        reason: 'text with a NUL character (U+0000) cannot be stored in PostgreSQL on note',
      },
    ]);
    expect(
      await db.query(
        `select table_name, reason, record like '{"id":500,%' as is_whole, _sdc_load_id, _sdc_position::int, _sdc_kind,
           _sdc_rejected_at > now() - interval '1 hour' as recent from source._sdc_rejected`,
      ),
    ).toEqual([
      {
        table_name: 't',
        reason: result.rejections[0]!.reason,
        is_whole: true,
        _sdc_load_id: loadId,
        _sdc_position: 500,
        _sdc_kind: 'record',
        recent: true,
      },
    ]);
  });

  test('a value that is left out is a rejection of its column, and its row loads', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const long = 'x'.repeat(60);
    const result = await loads.load('t', [
      records({ id: 1, [long]: 1, fine: 2, _sdc_sequence: 5, age__bi: 3 }),
    ]);
    expect(result.tables[0]).toMatchObject({ rowsLoaded: 1, rowsRejected: 0 });
    expect(result.rejections.map(({ kind }) => kind)).toEqual(['column', 'column', 'column']);
    expect(await db.query('select id::int, fine::int, _sdc_sequence::int as s from source.t')).toEqual([
      { id: 1, fine: 2, s: 1 },
    ]);
    expect(await db.query('select count(*)::int as n from source._sdc_rejected')).toEqual([{ n: 3 }]);
  });

  test('a load of which nothing is left makes no table, and keys of another type stop one that stands', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const result = await loads.load('t', [records({ id: 1, a: '\0' }, { id: 2, a: '\ud800' })]);
    expect(result.tables[0]).toMatchObject({ rowsLoaded: 0, rowsRejected: 2 });
    expect(await db.query("select to_regclass('source.t') as t")).toEqual([{ t: null }]);
    await loads.load('t', [records({ id: 1 })]);
    const mixed = await loads.load('t', [records({ id: 'one' }, { id: 2 })]);
    expect(mixed.tables[0]).toMatchObject({ rowsLoaded: 1, rowsRejected: 1 });
    await expect(loads.load('t', [records({ id: 'one' })])).rejects.toMatchObject({
      kind: 'blocked',
      code: 'key-type',
    });
  });

  test('hostile names and values do nothing but stand there', async () => {
    await using db = await createTestDatabase();
    const hostile = [
      `Robert'); drop table source.t; --`,
      '"; drop schema source cascade; --',
      `\\'; select pg_sleep(9); --`,
      '$$ $1 $2 {x} %s %I',
      "E'\\x41'",
      '{"a":NULL}',
      '\\.',
      '\\N',
      'NULL',
      'null',
      '',
      ' ',
      '{}',
      'a\tb\nc\rd\u2028e',
      '𝒳 \u{10ffff}',
      '__proto__',
    ];
    for (const schema of ['source', `so"ur'ce; drop table x`, 'Ünïcode ☃']) {
      await using loads = await openTestSession(db, { tuning, schema });
      for (const [index, text] of hostile.entries()) {
        const data = JSON.parse(
          `{"id":${JSON.stringify(text)},"value":${JSON.stringify(text)},${JSON.stringify(`c${index} ${text}`)}:1,"list":[${JSON.stringify(text)},{${JSON.stringify(`k${index}${text}`)}:true}]}`,
        );
        const sent: SentBatch = { messages: [{ data, sequence: 1 }] };
        await loads.load('t', [sent]);
        await loads.load(`T${index} ${text}`, [sent]);
      }
      const quoted = `"${schema.replaceAll('"', '""')}"`;
      const rows = await db.query(`select id, value from ${quoted}.t`);
      expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(hostile));
      expect(rows.every(({ id, value }) => id === value)).toBe(true);
      const children = await db.query(
        `select _sdc_source_key_id as id, _sdc_value as value from ${quoted}.t__list where _sdc_level_0_id = 0`,
      );
      expect(children).toHaveLength(hostile.length);
      expect(children.every(({ id, value }) => id === value)).toBe(true);
      const tables = await db.query(`select count(*)::int as n from ${quoted}._backstitch_lanes`);
      expect(tables).toEqual([{ n: hostile.length + 1 }]);
    }
  }, 120_000);
});

test('many rejections with long records are cut, staged, and given back whole by a repeated load', async () => {
  await using db = await createTestDatabase();
  await using loads = await openTestSession(db);
  const loadId = randomId();
  const sent: SentBatch = {
    messages: Array.from({ length: 3000 }, (_, id) => ({
      data: { id, note: `\0${'ä'.repeat(id % 1000 === 0 ? 100_000 : 1)}` },
      sequence: id,
    })),
  };
  const first = await loads.load('t', [sent], { loadId });
  expect(first.rejections).toHaveLength(3000);
  expect(await loads.load('t', [sent], { loadId })).toEqual(first);
  const [row] = await db.query(
    'select count(*)::int as n, max(octet_length(record)) as longest, max(length(record)) as characters from source._sdc_rejected',
  );
  expect(row).toMatchObject({ n: 3000 });
  expect(Number(row?.longest)).toBeGreaterThan(65_000);
  expect(Number(row?.longest)).toBeLessThanOrEqual(65_536);
});

test('a table of rejections that Stitch made gets the columns it lacks', async () => {
  await using db = await createTestDatabase();
  await db.query(
    "create schema source; create table source._sdc_rejected (record text, reason text, table_name text, _sdc_rejected_at timestamp); insert into source._sdc_rejected values ('{}', 'old', 'o', now())",
  );
  await using loads = await openTestSession(db);
  await loads.load('t', [records({ id: 1, a: '\0' })]);
  expect(
    await db.query('select reason, _sdc_kind from source._sdc_rejected order by _sdc_kind nulls first'),
  ).toEqual([
    { reason: 'old', _sdc_kind: null },
    { reason: expect.stringContaining('NUL'), _sdc_kind: 'record' },
  ]);
});
