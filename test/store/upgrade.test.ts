import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { postgresDialect } from '../../src/store/dialect.ts';
import { controlPlane } from '../../src/store/migrations/0001-control-plane.ts';
import { versionsTable } from '../../src/store/migrations/migrations.ts';
import { openStore } from '../../src/store/open-store.ts';
import { migrateSqlite } from '../../src/store/sqlite/migrate.ts';
import type { Store } from '../../src/store/store.ts';
import { createTestDatabase } from '../support/database.ts';
import { accept, aPlan, aSource } from './records-under-test.ts';
import { required } from './store-under-test.ts';

/** What a store of version 1 held: an account with a token and a destination. */
const content = `
  insert into accounts (id, uid, company, email, email_key, first_name, last_name, region, ssh_public_key,
      ssh_private_key, created_at)
    values (7, 'uid', 'Example', 'a@example.com', 'a@example.com', 'Ada', 'Example', 'us-east-1', 'key', 'sealed', 1);
  insert into tokens (id, account_id, kind, hash, hint, created_at) values (8, 7, 'access', 'hash', 'wxyz', 1);
  insert into destinations (id, account_id, uid, type, name, revision, properties, secrets, change_count, check_count,
      created_at, updated_at)
    values (9, 7, 'other uid', 'postgres', 'Warehouse', 1, '{}', '{}', 1, 0, 1, 1)`;

async function expectUpgraded(store: Store): Promise<void> {
  expect(await store.tokens.find('hash')).toEqual({ id: 8, accountId: 7, kind: 'access', sourceId: null });
  const account = required(await store.accounts.get(7));
  const source = await store.sources.create(aSource(account));
  expect(source.destinationId).toBe(9);
  await accept(store, source, 2);
  expect(await store.loads.plan(aPlan())).toMatchObject([{ destination: { id: 9 }, source }]);
}

test('an embedded store without records takes them after an upgrade, and keeps what it had', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-store-'));
  try {
    const db = new Sqlite(path.join(folder, 'backstitch.sqlite'));
    migrateSqlite(db, { folder, now: 1, migrations: [controlPlane] });
    db.exec(content);
    db.close();
    await using store = await openStore({ url: 'sqlite', folder, mode: 'server' });
    await expectUpgraded(store);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a store on PostgreSQL without records takes them after an upgrade, and keeps what it had', async () => {
  await using database = await createTestDatabase();
  await database.query(
    [
      versionsTable,
      ...controlPlane.statements(postgresDialect),
      "insert into schema_versions values (1, 'control plane', 1)",
      content,
    ].join(';'),
  );
  await using store = await openStore({ url: database.url, folder: tmpdir(), mode: 'server' });
  await expectUpgraded(store);
});
