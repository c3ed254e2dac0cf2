import { describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type CheckOptions, canary } from '../support/observe-check.ts';
import { type PostgresProxy, type ProxyRule, startPostgresProxy } from '../support/postgres-proxy.ts';
import { leftovers, properties, runCheck } from '../support/run-check.ts';

/** Checks a real database through a proxy that answers some things itself. */
async function checkThrough(rules: readonly ProxyRule[], options: CheckOptions = {}) {
  await using db = await createTestDatabase();
  await using proxy = await startPostgresProxy({ targetPort: db.port, rules });
  return await runCheck(through(proxy, db), options);
}

const through = (proxy: PostgresProxy, db: TestDatabase) =>
  properties(proxy, { username: db.user, password: db.password, database: db.database });

test('a proxy without rules changes nothing', async () => {
  expect((await checkThrough([])).failure).toBeNull();
});

describe('the server answers a sign-in with', () => {
  test.each([
    ['57P03', 'the database system is starting up', 'server_not_ready'],
    ['57P03', 'the database system is not accepting connections', 'server_not_ready'],
    ['53300', 'sorry, too many clients already', 'too_many_connections'],
    ['55000', 'database "x" is not currently accepting connections', 'database_not_open'],
    ['28000', 'role "x" does not exist', 'role_missing'],
    ['28000', 'something nobody has seen yet', 'sign_in_refused'],
    ['53100', 'could not extend file "global/1": No space left on device', 'disk_full'],
    ['XX000', 'could not write init file', 'disk_full'],
    ['08P01', 'no such database', 'sign_in_failed'],
    ['XX000', 'something nobody has seen yet', 'sign_in_failed'],
  ])('%s, %s: %s', async (code, message, expected) => {
    const check = await checkThrough([{ signIn: { code, message } }]);
    expect(check.failure).toMatchObject({ name: 'sign_in', code: expected });
    expect(check.refused).toBe(expected.startsWith('role') || expected === 'sign_in_refused');
  });

  test('an error that quotes the password: it is not passed on', async () => {
    await using db = await createTestDatabase();
    const rules = [{ signIn: { code: 'XX000', message: `bad password ${canary} for you` } }];
    await using proxy = await startPostgresProxy({ targetPort: db.port, rules });
    const check = await runCheck({ ...through(proxy, db), password: canary });
    expect(check.failure?.message).toContain('bad password ********** for you');
  });
});

describe('the version step', () => {
  const version = (text: string): ProxyRule => ({ statement: /select version/, row: { version: text } });

  test.each([
    ['9.4.26', 'PostgreSQL 9.4.26 on x86_64-pc-linux-gnu, compiled by gcc'],
    ['9.5.25', 'PostgreSQL 9.5.25 on x86_64-pc-linux-gnu'],
    ['8.4', 'PostgreSQL 8.4 on x86_64'],
  ])('refuses %s', async (number, text) => {
    const check = await checkThrough([version(text)]);
    expect(check.failure).toMatchObject({ name: 'version', code: 'version_too_old' });
    expect(check.failure?.message).toContain(`${number};`);
    expect(check.refused).toBe(false);
  });

  test.each([
    'PostgreSQL 9.6.1 on x86_64',
    'PostgreSQL 17beta1 on x86_64',
    'PostgreSQL 12.3 (EnterpriseDB Advanced Server 12.3.4) on x86_64',
  ])('takes %s', async (text) => expect((await checkThrough([version(text)])).failure).toBeNull());

  test('tells Redshift apart and names its type', async () => {
    const check = await checkThrough([
      version('PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.12103'),
    ]);
    expect(check.failure).toMatchObject({ code: 'other_product' });
    expect(check.failure?.remedy).toContain('type redshift');
  });

  test('tells CockroachDB apart', async () => {
    const check = await checkThrough([version('CockroachDB CCL v23.1.10 (x86_64-pc-linux-gnu)')]);
    expect(check.failure).toMatchObject({ code: 'other_product' });
    expect(check.failure?.message).toContain('CockroachDB');
  });
});

describe('while rows are written the server answers with', () => {
  test.each([
    [/^copy /, '53100', 'could not extend file "base/1/2": No space left on device', 'disk_full'],
    [/^create table/, '53100', 'could not create file: No space left on device', 'disk_full'],
    [/^insert /, '53200', 'out of memory', 'out_of_resources'],
    [/^insert /, '25006', 'cannot execute INSERT in a read-only transaction', 'read_only_server'],
    [/^create schema/, '42501', 'permission denied for database', 'permission_denied'],
    [/^alter table/, '55P03', 'canceling statement due to lock timeout', 'blocked_by_lock'],
    [/^copy /, '57014', 'canceling statement due to statement timeout', 'statement_too_slow'],
    [/^insert /, '57P01', 'terminating connection due to administrator command', 'connection_lost'],
    [/^create table/, 'P0001', 'no tables on Fridays', 'statement_failed'],
  ])('%s %s (%s): %s, and nothing is left', async (statement, code, message, expected) => {
    await using db = await createTestDatabase();
    await using proxy = await startPostgresProxy({
      targetPort: db.port,
      rules: [{ statement, error: { code, message } }],
    });
    const check = await runCheck(through(proxy, db));
    expect(check.failure).toMatchObject({ name: 'write', code: expected });
    if (expected !== 'read_only_server') expect(check.failure?.message).toContain(message);
    expect(check.refused).toBe(expected === 'permission_denied');
    expect(await leftovers(db)).toEqual([]);
  });
});
