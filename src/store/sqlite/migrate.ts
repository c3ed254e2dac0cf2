import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type Sqlite from 'better-sqlite3';
import type { Log } from '../../lib/log.ts';
import { sqliteDialect } from '../dialect.ts';
import { missingMigrations, newestVersion, versionsTable } from '../migrations/migrations.ts';

/** The schema version of a database; 0 for an empty one. */
export function versionOf(db: Sqlite.Database): number {
  const exists = db.prepare("select 1 from sqlite_master where type = 'table' and name = 'schema_versions'");
  if (!exists.get()) return 0;
  return db.prepare('select coalesce(max(version), 0) from schema_versions').pluck().get() as number;
}

/**
 * Brings a database to the newest version, in one transaction. One that has something in it is copied first, to
 * `backups/before-<version>.sqlite`.
 * @throws {Failure} StoreTooNew.
 */
export function migrateSqlite(db: Sqlite.Database, folder: string, now: number, log?: Log): void {
  const version = versionOf(db);
  const missing = missingMigrations(version);
  if (missing.length === 0) return;
  if (version > 0) backUp(db, folder, log);
  db.transaction(() => {
    db.exec(versionsTable);
    const note = db.prepare('insert into schema_versions (version, name, applied_at) values (?, ?, ?)');
    for (const migration of missing) {
      for (const statement of migration.statements(sqliteDialect)) db.exec(statement);
      note.run(migration.version, migration.name, now);
    }
  }).immediate();
  log?.info({ from: version, to: newestVersion }, 'store migrated');
}

function backUp(db: Sqlite.Database, folder: string, log?: Log): void {
  const backups = path.join(folder, 'backups');
  mkdirSync(backups, { recursive: true, mode: 0o700 });
  const file = path.join(backups, `before-${newestVersion}.sqlite`);
  db.prepare('vacuum into ?').run(file);
  log?.info({ file }, 'store backed up before its migration');
}
