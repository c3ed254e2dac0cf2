import pg from 'pg';
import { Failure } from '../../errors/failure.ts';
import type { Log } from '../../lib/log.ts';
import { postgresDialect } from '../dialect.ts';
import { missingMigrations, newestVersion, versionsTable } from '../migrations/migrations.ts';
import { connectionConfig } from './connection.ts';

/** `server_version_num` of the oldest PostgreSQL that the store runs on. */
const oldestServer = 130_000;

/** Any number that nothing else in the database locks. */
const lockNumber = 7_422_053_118;

/**
 * Brings the database to the newest version, in one transaction; of several processes that start at once one does it
 * and the others wait.
 * @throws {Failure} StoreUnavailable, StoreTooNew, InvalidConfiguration when the server is too old.
 */
export async function migratePostgres(url: string, now: number, log?: Log): Promise<void> {
  const client = new pg.Client({ ...connectionConfig(url), query_timeout: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    await requireServer(client);
    await migrate(client, now, log);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(
      'StoreUnavailable',
      `The PostgreSQL of the store cannot be used: ${(cause as Error).message || 'no answer'}.`,
      {
        remedy:
          'See that it runs, that the connection string is right, and that its user may create tables (GRANT CREATE ON SCHEMA public).',
        cause,
      },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

async function migrate(client: pg.Client, now: number, log?: Log): Promise<void> {
  await client.query('begin');
  await client.query('set local statement_timeout = 0');
  await client.query(`select pg_advisory_xact_lock(${lockNumber})`);
  const version = await versionOf(client);
  const missing = missingMigrations(version);
  if (missing.length > 0 && version === 0) await client.query(versionsTable);
  for (const migration of missing) {
    for (const statement of migration.statements(postgresDialect)) await client.query(statement);
    const values = [migration.version, migration.name, now];
    await client.query('insert into schema_versions (version, name, applied_at) values ($1, $2, $3)', values);
  }
  await client.query('commit');
  if (missing.length > 0) log?.info({ from: version, to: newestVersion }, 'store migrated');
}

async function requireServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as name",
  );
  if (rows[0].number >= oldestServer) return;
  throw new Failure(
    'InvalidConfiguration',
    `The store needs PostgreSQL 13 or newer and was given ${rows[0].name}.`,
    { remedy: 'Name a newer server, or use the embedded store (sqlite).' },
  );
}

async function versionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query("select to_regclass('schema_versions') is not null as there");
  if (!rows[0].there) return 0;
  const versions = await client.query('select coalesce(max(version), 0) as version from schema_versions');
  return versions.rows[0].version;
}
