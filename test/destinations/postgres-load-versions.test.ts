import { describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { bothWays, openTestSession, type SentBatch } from '../support/load-session.ts';

const rowsOf = async (db: TestDatabase, table = 't'): Promise<unknown[]> =>
  (await db.query(`select note from source.${table} order by note`)).map(({ note }) => note);

const row = (id: number, tableVersion: number | null, note: string): SentBatch => ({
  tableVersion,
  messages: [{ data: { id, note, kids: [{ note }] }, sequence: id }],
});
const activate = (version: number | bigint): SentBatch => ({ messages: [{ activate: version }] });

describe.each(bothWays)('with rows that are $way, activate_version', ({ tuning }) => {
  test('removes rows of lower and no version with their children, and keeps the others', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [row(1, null, 'none'), row(2, 1, 'one'), row(3, 2, 'two')]);
    await loads.load('t', [activate(2)]);
    expect(await rowsOf(db)).toEqual(['two']);
    expect(await rowsOf(db, 't__kids')).toEqual(['two']);
  });

  test('comes before, between and after the rows of its version, in one load', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [row(1, 1, 'old')]);
    const result = await loads.load('t', [
      row(2, 2, 'before'),
      row(3, 1, 'old too'),
      activate(2),
      row(4, 2, 'after'),
      row(5, 1, 'late'),
    ]);
    expect(await rowsOf(db)).toEqual(['after', 'before']);
    expect(await rowsOf(db, 't__kids')).toEqual(['after', 'before']);
    expect(result.tables[0]).toMatchObject({ rowsLoaded: 2, droppedAsOlder: 2 });
  });

  test('keeps lower versions out for good, is never lowered, and may be repeated', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [activate(9_007_199_254_740_993n)]);
    await loads.load('t', [activate(3), row(1, 5, 'late'), row(2, null, 'none')]);
    await using again = await openTestSession(db, { tuning });
    const skipped = await again.load('t', [row(1, 5, 'late')]);
    expect(skipped.tables[0]).toMatchObject({ rowsLoaded: 0, droppedAsOlder: 1 });
    await again.load('t', [{ ...row(1, null, 'now'), tableVersion: 9_007_199_254_740_993n }]);
    await again.load('t', [activate(9_007_199_254_740_993n)]);
    expect(await rowsOf(db)).toEqual(['now']);
    expect(await db.query('select active_version from source._backstitch_lanes')).toEqual([
      { active_version: '9007199254740993' },
    ]);
  });

  test('that names no keys stops no table that has some', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    await loads.load('t', [row(1, 1, 'old'), row(2, 2, 'new')]);
    const bare = { ...activate(2), keyNames: [] };
    await loads.load('t', [bare]);
    expect(await rowsOf(db)).toEqual(['new']);
    await loads.load('t', [bare, row(3, 2, 'newer')]);
    expect(await rowsOf(db)).toEqual(['new', 'newer']);
  });

  test('works on tables without keys', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const append = (sent: SentBatch): SentBatch => ({ ...sent, keyNames: [] });
    await loads.load('t', [append(row(1, 1, 'old'))]);
    await loads.load('t', [
      append(row(2, 2, 'new')),
      append(row(3, 1, 'old')),
      append(activate(2)),
      append(row(4, 1, 'late')),
    ]);
    expect(await rowsOf(db)).toEqual(['new']);
    expect(await rowsOf(db, 't__kids')).toEqual(['new']);
  });
});
