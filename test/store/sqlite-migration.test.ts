import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { migrateSqlite, versionOf } from '../../src/store/sqlite/migrate.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backstitch-store-'));
  file = path.join(folder, 'backstitch.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const first = { version: 1, name: 'first', statements: () => ['create table things (name text)'] };
const second = {
  version: 2,
  name: 'second',
  statements: () => ['alter table things add column size integer'],
};
const broken = { version: 2, name: 'broken', statements: () => ['drop table things', 'this is not SQL'] };

const names = (db: Sqlite.Database) => db.prepare('select name from things').pluck().all();

test('a new database is made without a backup, and a store of the newest version is left as it is', () => {
  using db = disposable(file);
  migrateSqlite(db, { folder, now: 1, migrations: [first] });
  migrateSqlite(db, { folder, now: 2, migrations: [first] });
  expect(versionOf(db)).toBe(1);
  expect(() => statSync(path.join(folder, 'backups'))).toThrow();
});

test('before an upgrade the store is copied, for its owner only', () => {
  using db = disposable(file);
  migrateSqlite(db, { folder, now: 1, migrations: [first] });
  db.exec("insert into things values ('kept')");
  migrateSqlite(db, { folder, now: 2, migrations: [first, second] });
  expect(versionOf(db)).toBe(2);
  const copy = path.join(folder, 'backups/before-2.sqlite');
  expect(statSync(copy).mode & 0o077).toBe(0);
  using backup = disposable(copy);
  expect([versionOf(backup), names(backup)]).toEqual([1, ['kept']]);
});

test('an upgrade that fails changes nothing and can be tried again', () => {
  using db = disposable(file);
  migrateSqlite(db, { folder, now: 1, migrations: [first] });
  db.exec("insert into things values ('kept')");
  expect(() => migrateSqlite(db, { folder, now: 2, migrations: [first, broken] })).toThrow('syntax error');
  expect([versionOf(db), names(db)]).toEqual([1, ['kept']]);
  migrateSqlite(db, { folder, now: 3, migrations: [first, second] });
  expect([versionOf(db), names(db)]).toEqual([2, ['kept']]);
});

test('a store of a newer version is refused, naming both versions', async () => {
  await (await openStore({ url: 'sqlite', folder, mode: 'server' }))[Symbol.asyncDispose]();
  {
    using db = disposable(file);
    db.exec("insert into schema_versions values (99, 'from the future', 0)");
  }
  for (const mode of ['server', 'shared'] as const) {
    await expect(openStore({ url: 'sqlite', folder, mode })).rejects.toMatchObject({
      code: 'StoreTooNew',
      message: expect.stringMatching(/version 99.* up to \d+/),
    });
  }
});

test('a command does not upgrade the store of a server that runs', async () => {
  await using _server = await openStore({ url: 'sqlite', folder, mode: 'server' });
  {
    using db = disposable(file);
    db.exec('delete from schema_versions');
  }
  await expect(openStore({ url: 'sqlite', folder, mode: 'shared' })).rejects.toMatchObject({
    code: 'StoreInUse',
  });
});

function disposable(of: string): Sqlite.Database & Disposable {
  const db = new Sqlite(of);
  return Object.assign(db, { [Symbol.dispose]: () => void db.close() });
}
