import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { bothWays, openTestSession, randomId, records } from '../support/load-session.ts';

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
});

test('a schema may have any name', async () => {
  await using db = await createTestDatabase();
  for (const schema of [`so"ur'ce; drop table x`, 'Ünïcode ☃', '$$ {x} %s']) {
    await using loads = await openTestSession(db, { schema });
    await loads.load('t', [records({ id: 'x', list: [1, 2] }, { id: '\0' })]);
    const quoted = `"${schema.replaceAll('"', '""')}"`;
    expect(await db.query(`select _sdc_value::int as v from ${quoted}.t__list order by 1`)).toEqual([
      { v: 1 },
      { v: 2 },
    ]);
    expect(await db.query(`select from ${quoted}._sdc_rejected`)).toHaveLength(1);
  }
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
