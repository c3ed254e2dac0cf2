import { describe, expect, test } from 'vitest';
import { quoteIdentifier } from '../../src/destinations/postgres/quote.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startPostgres } from '../support/embedded-postgres.ts';
import { canary } from '../support/observe-check.ts';
import { properties, runCheck } from '../support/run-check.ts';

const asOwner = (db: TestDatabase) =>
  properties(db, { username: db.user, password: db.password, database: db.database });

/** Every object of the database that a check could leave behind. */
const catalogs = (db: TestDatabase) =>
  db.admin(
    `select 'schema' as kind, nspname::text as name, oid from pg_namespace
     union all select 'relation', relname, oid from pg_class
     union all select 'type', typname, oid from pg_type order by 1, 2, 3`,
  );

/** The role that loads: may sign in and nothing more, until the test grants something. */
async function createLoader(
  db: TestDatabase,
): Promise<{ name: string; properties: ReturnType<typeof properties> }> {
  const name = `loader_${db.database}`;
  await db.admin(`create role ${name} login password '${canary}'`);
  return {
    name,
    properties: properties(db, { username: name, password: canary, database: db.database }),
  };
}

async function dropLoader(db: TestDatabase): Promise<void> {
  await db.admin(`drop owned by loader_${db.database}; drop role loader_${db.database}`);
}

const sqlOf = (remedy: string | null): string => /[A-Z]+ .*;/.exec(remedy ?? '')?.[0] ?? '';

test('a check of the owner passes every step and leaves the catalogs as they were', async () => {
  await using db = await createTestDatabase();
  const before = await catalogs(db);
  const check = await runCheck(asOwner(db));
  expect(check.statuses).toEqual({
    settings: 'passed',
    resolve: 'passed',
    policy: 'passed',
    connect: 'passed',
    tls: 'passed',
    sign_in: 'passed',
    version: 'passed',
    privileges: 'passed',
    write: 'passed',
  });
  expect(check.step('tls').message).toContain('does not leave this machine');
  expect(await catalogs(db)).toEqual(before);
});

test('steps are announced before they begin and reported as they end', async () => {
  await using db = await createTestDatabase();
  const events: string[] = [];
  await runCheck(asOwner(db), {
    onStep: (name, step) => events.push(step === null ? `${name}…` : name),
  });
  expect(events.slice(0, 4)).toEqual(['settings…', 'settings', 'resolve…', 'resolve']);
  expect(events.at(-1)).toBe('write');
});

describe('signing in fails', () => {
  test('with the wrong password', async () => {
    await using db = await createTestDatabase();
    const check = await runCheck({ ...asOwner(db), password: canary });
    expect(check.failure).toMatchObject({ name: 'sign_in', code: 'wrong_password' });
    expect(check.failure?.message).toContain(`127.0.0.1:${db.port}`);
    expect(check.failure?.remedy).toContain(`\\password "${db.user}"`);
    expect(check.refused).toBe(true);
    expect(check.statuses).toMatchObject({ connect: 'passed', version: 'skipped', write: 'skipped' });
  });

  test('with a user that does not exist, which PostgreSQL calls a wrong password', async () => {
    await using db = await createTestDatabase();
    const check = await runCheck({ ...asOwner(db), username: 'nobody"; --', password: canary });
    expect(check.failure).toMatchObject({ name: 'sign_in', code: 'wrong_password' });
  });

  test('with a database that does not exist', async () => {
    await using db = await createTestDatabase();
    const check = await runCheck({ ...asOwner(db), database: 'no such database' });
    expect(check.failure).toMatchObject({ name: 'sign_in', code: 'database_missing' });
    expect(check.failure?.remedy).toContain(`CREATE DATABASE "no such database" OWNER "${db.user}";`);
    expect(check.refused).toBe(false);
  });

  test.each([
    ['role_cannot_log_in', 'nologin', 'LOGIN;'],
    ['too_many_connections', 'connection limit 0', 'CONNECTION LIMIT -1'],
  ])('%s', async (code, attribute, remedy) => {
    await using db = await createTestDatabase();
    await db.admin(`alter role ${db.user} ${attribute}`);
    const check = await runCheck(asOwner(db));
    expect(check.failure).toMatchObject({ name: 'sign_in', code });
    expect(check.failure?.remedy).toContain(remedy);
  });

  test('without the privilege to connect, and the remedy helps', async () => {
    await using db = await createTestDatabase();
    const loader = await createLoader(db);
    await db.admin(`revoke connect on database ${db.database} from public`);
    const check = await runCheck(loader.properties);
    expect(check.failure).toMatchObject({ name: 'sign_in', code: 'connect_privilege_missing' });
    await db.query(sqlOf(check.failure!.remedy));
    expect((await runCheck(loader.properties)).statuses.sign_in).toBe('passed');
    await dropLoader(db);
  });
});

describe('privileges', () => {
  test('without schemas CREATE on the database is needed; the suggested GRANT makes the check pass', async () => {
    await using db = await createTestDatabase();
    const loader = await createLoader(db);
    const check = await runCheck(loader.properties);
    expect(check.failure).toMatchObject({ name: 'privileges', code: 'create_on_database_missing' });
    expect(check.refused).toBe(true);
    expect(sqlOf(check.failure!.remedy)).toBe(
      `GRANT CREATE ON DATABASE "${db.database}" TO "${loader.name}";`,
    );
    await db.query(sqlOf(check.failure!.remedy));
    expect((await runCheck(loader.properties)).failure).toBeNull();
    await dropLoader(db);
  });

  test('a schema that exists needs USAGE and CREATE; CREATE on the database is then not needed', async () => {
    await using db = await createTestDatabase();
    const loader = await createLoader(db);
    const schema = 'we"ird Schéma';
    await db.query(`create schema ${quoteIdentifier(schema)}`);
    const check = await runCheck(loader.properties, { schemas: [schema] });
    expect(check.failure).toMatchObject({ name: 'privileges', code: 'schema_privilege_missing' });
    await db.query(sqlOf(check.failure!.remedy));
    const before = await catalogs(db);
    const repaired = await runCheck(loader.properties, { schemas: [schema] });
    expect(repaired.failure).toBeNull();
    expect(repaired.statuses.write).toBe('passed');
    expect(await catalogs(db)).toEqual(before);
    await dropLoader(db);
  });

  test('everything that is missing is named at once, and granting it makes the check pass', async () => {
    await using db = await createTestDatabase();
    const loader = await createLoader(db);
    await db.query('create schema one; create schema two');
    const check = await runCheck(loader.properties, { schemas: ['one', 'two', 'three'] });
    expect(check.failure?.message).toContain('"three"');
    expect(check.failure?.message).toContain('"one", "two"');
    expect(check.failure?.remedy).toContain(`CREATE SCHEMA "three" AUTHORIZATION "${loader.name}";`);
    for (const [grant] of check.failure!.remedy!.matchAll(/GRANT [^;]*;/g)) await db.query(grant);
    const repaired = await runCheck(loader.properties, { schemas: ['one', 'two', 'three'] });
    expect(repaired.failure).toBeNull();
    await dropLoader(db);
  });

  test('a loaded table of another owner is a warning with the line that helps; a table of no concern is none', async () => {
    await using db = await createTestDatabase();
    const loader = await createLoader(db);
    await db.query(`create schema shop; grant usage, create on schema shop to ${loader.name};
      create table shop."Old Orders" (id int, _sdc_sequence bigint); create table shop.report (id int)`);
    const check = await runCheck(loader.properties, { schemas: ['shop'] });
    expect(check.step('privileges')).toMatchObject({ status: 'warning', code: 'table_of_another_owner' });
    expect(check.step('privileges').remedy).toContain(
      `ALTER TABLE "shop"."Old Orders" OWNER TO "${loader.name}";`,
    );
    expect(check.step('privileges').message).not.toContain('report');
    expect(check.failure).toBeNull();
    await db.admin(sqlOf(check.step('privileges').remedy));
    expect((await runCheck(loader.properties, { schemas: ['shop'] })).statuses.privileges).toBe('passed');
    await dropLoader(db);
  });

  test('without TEMPORARY rows are staged in a table of our own, with a warning', async () => {
    await using db = await createTestDatabase();
    const loader = await createLoader(db);
    await db.admin(`revoke temporary on database ${db.database} from public`);
    await db.query(`grant create on database ${db.database} to ${loader.name}`);
    const check = await runCheck(loader.properties);
    expect(check.step('privileges')).toMatchObject({ status: 'warning', code: 'temporary_missing' });
    expect(check.statuses.write).toBe('passed');
    await db.query(sqlOf(check.step('privileges').remedy));
    expect((await runCheck(loader.properties)).codes).toEqual({});
    await dropLoader(db);
  });
});

describe('a server that takes no changes', () => {
  test('because of a setting: the remedy makes the check pass', async () => {
    await using db = await createTestDatabase();
    await db.admin(`alter role ${db.user} set default_transaction_read_only = on`);
    const check = await runCheck(asOwner(db));
    expect(check.failure).toMatchObject({ name: 'version', code: 'read_only_server' });
    await db.admin(/ALTER ROLE [^;]*;/.exec(check.failure!.remedy!)![0]);
    expect((await runCheck(asOwner(db))).failure).toBeNull();
  });

  test('because it is a standby', async () => {
    await using standby = await startPostgres({ files: { 'standby.signal': '' } });
    const check = await runCheck(properties(standby));
    expect(check.failure).toMatchObject({ name: 'version', code: 'read_only_server' });
    expect(check.failure?.message).toContain('standby');
  });
});

test('a database that does not hold UTF-8 is a warning', async () => {
  await using db = await createTestDatabase();
  const latin = `latin_${db.database}`;
  await db.admin(`create database ${latin} owner ${db.user} encoding 'LATIN1' locale 'C' template template0`);
  const check = await runCheck({ ...asOwner(db), database: latin });
  expect(check.step('version')).toMatchObject({ status: 'warning', code: 'encoding_not_utf8' });
  expect(check.failure).toBeNull();
  await db.admin(`drop database ${latin} with (force)`);
});

test('names with quotes, spaces and line breaks of SQL are only names', async () => {
  await using db = await createTestDatabase();
  const evil = `a"; drop table b; --`;
  await db.admin(`create role ${quoteIdentifier(evil)} login password '${canary}'`);
  await db.query(`create schema ${quoteIdentifier(evil)}`);
  const check = await runCheck(properties(db, { username: evil, password: canary, database: db.database }), {
    schemas: [evil],
  });
  expect(check.failure).toMatchObject({ code: 'schema_privilege_missing' });
  await db.query(sqlOf(check.failure!.remedy));
  const repaired = await runCheck(
    properties(db, { username: evil, password: canary, database: db.database }),
    { schemas: [evil] },
  );
  expect(repaired.failure).toBeNull();
  await db.admin(`drop owned by ${quoteIdentifier(evil)}; drop role ${quoteIdentifier(evil)}`);
});
