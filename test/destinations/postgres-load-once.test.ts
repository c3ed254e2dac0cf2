import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { startPostgres, until } from '../support/embedded-postgres.ts';
import {
  again,
  bothWays,
  failureOf,
  makeBatch,
  openTestSession,
  randomId,
  records,
  type SentBatch,
} from '../support/load-session.ts';
import { startPostgresProxy } from '../support/postgres-proxy.ts';

const many = (from: number, count: number): SentBatch => ({
  messages: Array.from({ length: count }, (_, index) => ({
    data: { id: from + index, note: `row ${from + index}`, kids: [index] },
    sequence: from + index,
  })),
});

describe.each(bothWays)('with rows that are $way', ({ tuning }) => {
  test('an answer that is lost after COMMIT was sent: the repeated load changes nothing', async () => {
    await using db = await createTestDatabase();
    await using proxy = await startPostgresProxy({ targetPort: db.port });
    await using loads = await openTestSession(db, { tuning, port: proxy.port });
    await loads.load('t', [records({ id: 0 })]);
    const loadId = randomId();
    const sent = [{ ...many(1, 50), keyNames: [] }];
    proxy.rules = [{ statement: /_backstitch_loads"[\s\S]*commit/, swallow: 'answers' }];
    const controller = new AbortController();
    const lost = loads.session.load(
      { loadId, lane: { schema: 'source', table: 'u' }, fence: 1, batchedAt: 0 },
      again(sent.map(makeBatch)),
      controller.signal,
    );
    const ended = lost.catch((error: unknown) => error);
    await until(async () => {
      const [row] = await db.query('select count(*)::int as n from source.u');
      expect(row).toEqual({ n: 50 });
    });
    controller.abort(new Error('the worker stops'));
    expect(await ended).toBeInstanceOf(Error);
    proxy.rules = [];
    const result = await loads.load('u', sent, { loadId });
    expect(result.tables[0]?.rowsLoaded).toBe(50);
    expect(await db.query('select count(*)::int as n from source.u')).toEqual([{ n: 50 }]);
    expect(await db.query('select count(*)::int as n from source.u__kids')).toEqual([{ n: 50 }]);
  });

  test('a long reader in the way of a split: others go on reading, and the error names who it is', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning: { ...tuning, lockMilliseconds: 300 } });
    await loads.load('t', [records({ id: 1, a: 1 })]);
    const reader = new pg.Client({ connectionString: db.url, application_name: 'nightly report' });
    await reader.connect();
    await reader.query('begin; select * from source.t');
    const split = [{ messages: [{ data: { id: 1, a: 'one' }, sequence: 2 }] }];
    const failure = await failureOf(loads.load('t', split));
    expect(failure).toMatchObject({ kind: 'passing', code: '55P03' });
    const { rows } = await reader.query('select pg_backend_pid() as pid');
    expect(failure.message).toMatch(
      new RegExp(`session ${rows[0].pid} of \\S+ \\(nightly report\\), idle in transaction for \\d+ seconds`),
    );
    expect(await db.query('select a::int from source.t')).toEqual([{ a: 1 }]);
    await reader.end();
    await loads.load('t', split);
    expect(await db.query('select a__st from source.t')).toEqual([{ a__st: 'one' }]);
  });
});

test('a second session stages the next load, and merges when its turn has come', async () => {
  await using db = await createTestDatabase();
  await using first = await openTestSession(db);
  await using second = await openTestSession(db);
  const turn = Promise.withResolvers<void>();
  const later = second.load('t', [many(0, 400)], { turn: turn.promise });
  await until(async () => {
    const waiting = await db.admin(
      "select from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and query like 'copy%'",
    );
    expect(waiting).toHaveLength(1);
  });
  await first.load('t', [many(200, 400)]);
  turn.resolve();
  expect((await later).tables[0]?.rowsLoaded).toBe(200);
  expect(await db.query('select count(*)::int as n from source.t')).toEqual([{ n: 600 }]);
  const rejected = Promise.reject(new Error('the load before failed'));
  await expect(second.load('t', [many(1000, 400)], { turn: rejected })).rejects.toThrow(
    'the load before failed',
  );
  expect(await db.query('select count(*)::int as n from source.t')).toEqual([{ n: 600 }]);
});

test('a few rows into a table that stands take one statement, with the same guarantees', async () => {
  await using db = await createTestDatabase();
  await using proxy = await startPostgresProxy({ targetPort: db.port });
  await using loads = await openTestSession(db, { port: proxy.port });
  await using other = await openTestSession(db);
  const row = (sequence: number, n = sequence): SentBatch => ({
    messages: [{ data: { id: 1, n }, sequence }],
  });
  for (const sequence of [1, 2, 3]) await loads.load('t', [row(sequence)]);
  const before = proxy.statements.length;
  const loadId = randomId();
  const result = await loads.load('t', [row(4), row(3)], { loadId });
  expect(proxy.statements.length).toBe(before);
  expect(result.tables[0]).toMatchObject({ rowsLoaded: 1, droppedAsOlder: 1 });
  for (const session of [loads, other])
    expect(await session.load('t', [row(4), row(3)], { loadId })).toEqual(result);
  expect((await loads.load('t', [row(3)])).tables[0]).toMatchObject({
    rowsLoaded: 0,
    older: { incoming: { sequence: '3' }, standing: { sequence: '4' } },
  });
  await other.load('t', [{ messages: [{ activate: 5 }] }], { fence: 2 });
  expect(await failureOf(loads.load('t', [row(5)]))).toMatchObject({ code: 'fenced' });
  const late = await loads.load('t', [row(6)], { fence: 2 });
  expect(late.tables[0]).toMatchObject({ rowsLoaded: 0, droppedAsOlder: 1 });
  for (const sequence of [7, 8, 9])
    await loads.load('t', [{ ...row(sequence), tableVersion: 5 }], { fence: 2 });
  await db.query('alter table source.t rename column n to m');
  await loads.load('t', [{ ...row(10), tableVersion: 5 }], { fence: 2 });
  expect(await db.query('select n::int, m::int from source.t')).toEqual([{ n: 10, m: 9 }]);
  await loads.load('t', [{ ...row(11), tableVersion: 5 }], { fence: 2 });
  await db.query('drop table source.t');
  await loads.load('t', [{ ...row(12), tableVersion: 5 }], { fence: 2 });
  expect(await db.query('select n::int from source.t')).toEqual([{ n: 12 }]);
});

test('a load that was staged for tables that have changed since is shaped again, record by record', async () => {
  await using db = await createTestDatabase();
  await using first = await openTestSession(db);
  await using second = await openTestSession(db, { tuning: { givenRows: 0 } });
  const turn = Promise.withResolvers<void>();
  const later = second.load(
    't',
    [
      {
        messages: [
          { data: { id: 'one', n: 1 }, sequence: 1 },
          { data: { id: 2, n: 'two' }, sequence: 2 },
        ],
      },
    ],
    { turn: turn.promise },
  );
  await until(async () => {
    expect(
      await db.admin(
        "select from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and query like 'copy%'",
      ),
    ).toHaveLength(1);
  });
  await first.load('t', [records({ id: 1, n: 1 })]);
  turn.resolve();
  expect((await later).tables[0]).toMatchObject({ rowsLoaded: 1, rowsRejected: 1 });
  expect(await db.query('select id::int, n__bi::int as bi, n__st as st from source.t order by 1')).toEqual([
    { id: 1, bi: 1, st: null },
    { id: 2, bi: null, st: 'two' },
  ]);
});

test('a network that swallows everything is found out, and the next load goes another way', async () => {
  await using db = await createTestDatabase();
  await using proxy = await startPostgresProxy({ targetPort: db.port });
  await using loads = await openTestSession(db, { port: proxy.port, tuning: { answerMilliseconds: 400 } });
  await loads.load('t', [records({ id: 1 })]);
  proxy.rules = [{ statement: /create temporary/, swallow: 'answers' }];
  const loadId = randomId();
  const failure = await failureOf(loads.load('t', [many(1, 400)], { loadId }));
  expect(failure).toMatchObject({ kind: 'passing', code: 'timeout' });
  proxy.rules = [];
  await loads.load('t', [many(1, 400)], { loadId });
  expect(await db.query('select count(*)::int as n from source.t')).toEqual([{ n: 400 }]);
});

test('also where it swallows the answer to the one statement of a few rows, which stand there once', async () => {
  await using db = await createTestDatabase();
  await using proxy = await startPostgresProxy({ targetPort: db.port });
  await using loads = await openTestSession(db, { port: proxy.port, tuning: { answerMilliseconds: 400 } });
  // The second load remembers the table.
  for (const id of [1, 2]) await loads.load('t', [records({ id })]);
  proxy.rules = [{ statement: /^with taken as/, swallow: 'answers' }];
  const loadId = randomId();
  expect(await failureOf(loads.load('t', [records({ id: 3 })], { loadId }))).toMatchObject({
    kind: 'passing',
    code: 'timeout',
  });
  proxy.rules = [];
  await loads.load('t', [records({ id: 3 })], { loadId });
  expect(await db.query('select id::int from source.t order by 1')).toEqual([1, 2, 3].map((id) => ({ id })));
});

test('without the privilege to make temporary tables rows are staged in tables of ours, of which none is left', async () => {
  await using db = await createTestDatabase();
  await db.admin(
    `revoke temporary on database ${db.database} from public; revoke temporary on database ${db.database} from ${db.user}`,
  );
  await using loads = await openTestSession(db);
  await loads.load('t', [many(0, 500)]);
  await loads.load('t', [many(250, 500)]);
  expect(await db.query('select count(*)::int as n from source.t__kids')).toEqual([{ n: 750 }]);
  expect(await db.admin("select relname from pg_class where relname like '%\\_stage%'")).toEqual([]);
});

test('a server that is killed in the middle of a load keeps nothing of it, and the load is repeated', async () => {
  await using server = await startPostgres();
  const db = { ...server, database: 'postgres' };
  await using loads = await openTestSession(db);
  await loads.load('t', [many(0, 300)]);
  const plan = { loadId: randomId(), lane: { schema: 'source', table: 't' }, fence: 1, batchedAt: 0 };
  const batches = again([makeBatch(many(300, 5000))]);
  const backends = (
    await server.query("select pid from pg_stat_activity where application_name = 'backstitch'")
  ).map(({ pid }) => Number(pid));
  const killed = {
    async *[Symbol.asyncIterator]() {
      yield* batches;
      // Kills the backend as a crash does: the whole server recovers.
      for (const pid of backends) process.kill(pid, 'SIGKILL');
    },
  };
  const failure = await failureOf(loads.session.load(plan, killed, new AbortController().signal));
  expect(failure.kind).toBe('passing');
  const [row] = await until(() => server.query('select count(*)::int as n from source.t'));
  expect(row).toEqual({ n: 300 });
  await until(() => loads.session.load(plan, batches, new AbortController().signal));
  expect(await server.query('select count(*)::int as n from source.t')).toEqual([{ n: 5300 }]);
});

test('what the destination does wrong is a failure with a remedy, and rejects nothing', async () => {
  await using db = await createTestDatabase();
  await using loads = await openTestSession(db);
  await loads.load('t', [records({ id: 1 })]);
  await db.admin(
    `alter database ${db.database} owner to postgres; alter schema source owner to postgres; revoke all on schema source from ${db.user}`,
  );
  const refused = await failureOf(loads.load('t', [{ messages: [{ data: { id: 2, b: 1 }, sequence: 2 }] }]));
  expect(refused).toMatchObject({ kind: 'blocked', code: '42501' });
  expect(refused.remedy).toContain(`GRANT USAGE, CREATE ON SCHEMA "source" TO "${db.user}";`);
  await db.admin(`grant usage, create on schema source to ${db.user}`);
  await loads.load('t', [{ messages: [{ data: { id: 2, b: 1 }, sequence: 2 }] }]);
  await db.admin(`alter role ${db.user} set default_transaction_read_only = on`);
  await using fresh = await openTestSession(db);
  expect(await failureOf(fresh.load('t', [records({ id: 3 })]))).toMatchObject({
    kind: 'passing',
    code: '25006',
  });
  await db.admin(`alter role ${db.user} password 'another'`);
  expect(await failureOf(openTestSession(db))).toMatchObject({ kind: 'refused', code: '28P01' });
});
