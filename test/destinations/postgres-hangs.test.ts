import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startPostgres, until } from '../support/embedded-postgres.ts';
import { startPostgresProxy } from '../support/postgres-proxy.ts';
import { leftovers, properties, runCheck } from '../support/run-check.ts';

const asOwner = (db: TestDatabase, port = db.port) =>
  properties({ host: db.host, port }, { username: db.user, password: db.password, database: db.database });

const sessions = async (db: TestDatabase) =>
  await db.admin(`select pid, state, query from pg_stat_activity where application_name = 'backstitch'
    and datname = current_database()`);

test('a server that has stopped altogether is found out when the sign-in runs out of time', async () => {
  await using server = await startPostgres();
  server.kill('SIGSTOP');
  const check = await runCheck(properties(server), { deadlines: { sign_in: 300 } });
  expect(check.failure).toMatchObject({ name: 'sign_in', code: 'sign_in_timeout' });
  const encrypted = await runCheck(properties(server, { ssl: 'true' }), { deadlines: { tls: 300 } });
  expect(encrypted.failure).toMatchObject({ name: 'tls', code: 'tls_timeout' });
});

test.each([
  ['version', /select version/],
  ['privileges', /has_database_privilege/],
  ['write', /^create table/],
  ['write', /^copy /],
  ['write', /^insert /],
  ['write', /^alter table/],
])(
  'answers that get lost in %s from %s on end the step in time, and the server rolls back',
  async (step, statement) => {
    await using db = await createTestDatabase();
    await using proxy = await startPostgresProxy({
      targetPort: db.port,
      rules: [{ statement, swallow: 'answers' }],
    });
    const check = await runCheck(asOwner(db, proxy.port), { deadlines: { [step]: 500 } });
    expect(check.failure).toMatchObject({ name: step, code: 'no_answer' });
    await until(async () => expect(await sessions(db)).toEqual([]), 3_000);
    expect(await leftovers(db)).toEqual([]);
  },
);

test('a lock of somebody else is named when the server gives up waiting', async () => {
  await using db = await createTestDatabase();
  const held = await holdSchema(db);
  const check = await runCheck(held.properties, { schemas: ['shop'] });
  expect(check.failure).toMatchObject({ name: 'write', code: 'blocked_by_lock' });
  await held.release();
});

test('a statement that still waits at the deadline is cancelled on the server', async () => {
  await using db = await createTestDatabase();
  const held = await holdSchema(db);
  const check = await runCheck(held.properties, { schemas: ['shop'], deadlines: { write: 500 } });
  expect(check.failure).toMatchObject({ name: 'write', code: 'no_answer' });
  // The server notices a closed connection only when the wait for the lock is over, seconds later.
  await until(async () => expect(await sessions(db)).toEqual([]), 1_000);
  await held.release();
});

test('a check that is stopped from outside ends at once and leaves nothing', async () => {
  await using db = await createTestDatabase();
  await using proxy = await startPostgresProxy({
    targetPort: db.port,
    rules: [{ statement: /^insert /, swallow: 'answers' }],
  });
  const stop = new AbortController();
  const running = runCheck(asOwner(db, proxy.port), { signal: stop.signal });
  await until(() => expect(proxy.statements.some((sql) => sql.startsWith('insert'))).toBe(true));
  stop.abort();
  const check = await running;
  expect(check.failure).toMatchObject({ name: 'write', code: 'stopped' });
  await until(async () => expect(await sessions(db)).toEqual([]), 3_000);
  expect(await leftovers(db)).toEqual([]);
});

test('a session that an administrator ends is a lost connection', async () => {
  await using db = await createTestDatabase();
  const held = await holdSchema(db);
  const running = runCheck(held.properties, { schemas: ['shop'] });
  await until(async () => {
    const [waiting] = await db.admin(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'backstitch' and datname = current_database() and wait_event_type = 'Lock'`);
    expect(waiting).toBeDefined();
  });
  expect((await running).failure).toMatchObject({ name: 'write', code: 'connection_lost' });
  await held.release();
});

/** A schema that a loader may write to, and a session that keeps it locked: it drops it and does not commit. */
async function holdSchema(db: TestDatabase) {
  const loader = `loader_${db.database}`;
  await db.admin(`create role ${loader} login password 'loader'`);
  await db.query(`create schema shop; grant usage, create on schema shop to ${loader}`);
  const holder = new pg.Client({ connectionString: db.url });
  await holder.connect();
  await holder.query('begin; drop schema shop');
  return {
    properties: properties(db, { username: loader, password: 'loader', database: db.database }),
    async release() {
      await holder.query('rollback');
      await holder.end();
      await db.admin(`drop owned by ${loader}; drop role ${loader}`);
    },
  };
}
