import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type Sqlite from 'better-sqlite3';
import type { Log } from '../../lib/log.ts';
import { sqliteDialect } from '../dialect.ts';
import type { Migration } from '../migrations/migration.ts';
import { missingMigrations, versionsTable } from '../migrations/migrations.ts';

/** The schema version of a database; 0 for an empty one. */
export function versionOf(db: Sqlite.Database): number {
  const exists = db.prepare("select 1 from sqlite_master where type = 'table' and name = 'schema_versions'");
  if (!exists.get()) return 0;
  return db.prepare('select coalesce(max(version), 0) from schema_versions').pluck().get() as number;
}

export interface MigrateOptions {
  readonly folder: string;
  readonly now: number;
  readonly log?: Log;
  /** For tests: other migrations than the released ones. */
  readonly migrations?: readonly Migration[];
}

/**
 * Brings a database to the newest version, in one transaction. One that has something in it is copied first, to
 * `backups/before-<version>.sqlite`.
 * @throws {Failure} StoreTooNew.
 */
export function migrateSqlite(db: Sqlite.Database, options: MigrateOptions): void {
  const { folder, now, log, migrations } = options;
  const version = versionOf(db);
  const missing = missingMigrations(version, migrations);
  const newest = missing.at(-1)?.version;
  if (newest === undefined) return;
  if (version > 0) backUp(db, path.join(folder, 'backups'), newest, log);
  db.transaction(() => {
    db.exec(versionsTable);
    const note = db.prepare('insert into schema_versions (version, name, applied_at) values (?, ?, ?)');
    for (const migration of missing) {
      for (const statement of migration.statements(sqliteDialect)) db.exec(statement);
      note.run(migration.version, migration.name, now);
    }
  }).immediate();
  log?.info({ from: version, to: newest }, 'store migrated');
}

/** A copy that is left from an attempt which then failed may be half written: it is made anew. */
function backUp(db: Sqlite.Database, folder: string, newest: number, log?: Log): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `before-${newest}.sqlite`);
  rmSync(file, { force: true });
  db.prepare('vacuum into ?').run(file);
  chmodSync(file, 0o600);
  log?.info({ file }, 'store backed up before its migration');
}
