import { tmpdir } from 'node:os';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newestVersion } from '../../src/store/migrations/migrations.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { aDestination, anAccount, anUpdate, withDestination } from './store-under-test.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database[Symbol.asyncDispose]());

const open = (url = database.url): Promise<Store> => openStore({ url, folder: tmpdir(), mode: 'server' });

/** A store whose way to its server can be made to fail. */
async function openBehindProxy(): Promise<{ proxy: FaultProxy; store: Store } & AsyncDisposable> {
  const proxy = await startFaultProxy({ targetPort: database.port });
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const store = await open(url.href);
  return {
    proxy,
    store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

const unavailable = { code: 'StoreUnavailable' };

describe('a server that goes away', () => {
  test('fails what is asked meanwhile, and the store comes back with it', async () => {
    await using behind = await openBehindProxy();
    const { store, proxy } = behind;
    const { account, destination } = await withDestination(store);
    proxy.mode = { kind: 'reset' };
    proxy.resetAll();
    await expect(store.destinations.get(account.id, destination.id)).rejects.toMatchObject(unavailable);
    await expect(store.destinations.update(anUpdate(destination))).rejects.toMatchObject(unavailable);
    await expect(store.ping()).rejects.toMatchObject(unavailable);
    proxy.mode = { kind: 'pass' };
    expect(await store.destinations.update(anUpdate(destination))).toMatchObject({ revision: 2 });
    expect(await store.ping()).toMatchObject({ engine: 'postgres', storeTime: expect.any(Number) });
  });

  test('in the middle of many writes loses none that was acknowledged', async () => {
    await using store = await open();
    const account = await store.accounts.create(anAccount());
    const acknowledged: number[] = [];
    const keepWriting = async () => {
      for (let round = 0; round < 30; round += 1) {
        const made = await store.destinations.create(aDestination(account)).catch((error) => {
          expect(error).toMatchObject(unavailable);
        });
        if (made) acknowledged.push(made.id);
      }
    };
    const writers = Promise.all(Array.from({ length: 6 }, keepWriting));
    for (let cut = 0; cut < 3; cut += 1) {
      const before = acknowledged.length;
      await until(() => expect(acknowledged.length).toBeGreaterThan(before + 5));
      await database.admin(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'backstitch' and datname = '${database.database}'`,
      );
    }
    await writers;
    const stored = new Set((await store.destinations.list(account.id)).map(({ id }) => id));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  });

  test('is listened to again when it is back', async () => {
    await using behind = await openBehindProxy();
    const { store, proxy } = behind;
    await using elsewhere = await open();
    let rung = 0;
    store.subscribe('checks', () => {
      rung += 1;
    });
    await until(() => expect(rung).toBe(1));
    proxy.resetAll();
    await until(() => expect(rung).toBe(2));
    await withDestination(elsewhere);
    await until(() => expect(rung).toBe(3));
  });

  test('that cannot be reached at the start is named, without the password', async () => {
    const url = new URL(database.url);
    url.password = 'not-the-password';
    await expect(open(url.href)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.not.stringContaining('not-the-password'),
    });
    await expect(open('postgres://u:secret@127.0.0.1:1/d')).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    for (const wrong of ['mysql://u@h/d', 'postgres', ''])
      await expect(open(wrong)).rejects.toMatchObject({ code: 'InvalidConfiguration' });
  });
});

describe('several processes', () => {
  test('that start at once make the tables once', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => open()));
    expect(await database.query('select version from schema_versions order by version')).toEqual(
      Array.from({ length: newestVersion }, (_, index) => ({ version: index + 1 })),
    );
    for (const store of stores) await store[Symbol.asyncDispose]();
  });

  test('that ask for the same id get it once, and free ones never meet given ones', async () => {
    await using one = await open();
    await using two = await open();
    const asked = [one, two].flatMap((store) =>
      Array.from({ length: 15 }, (_, at) =>
        store.accounts.create(anAccount({ id: at % 3 === 0 ? at + 1 : null })),
      ),
    );
    const settled = await Promise.allSettled(asked);
    const ids = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value.id] : []));
    expect(new Set(ids).size).toBe(ids.length);
    const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
    expect(new Set(refused)).toEqual(new Set(['InvalidForm']));
    expect(refused.length).toBeLessThanOrEqual(10);
  });

  test('that update one destination at once lose no update and make no revision twice', async () => {
    await using one = await open();
    await using two = await open();
    const { account, destination } = await withDestination(one);
    let won = 0;
    const keepUpdating = async (store: Store) => {
      for (let round = 0; round < 25; round += 1) {
        const current = await store.destinations.get(account.id, destination.id);
        if (!current) throw new Error('the destination is gone');
        const outcome = await store.destinations.update(anUpdate(current));
        if (outcome !== 'conflict') won += 1;
      }
    };
    await Promise.all([one, one, two, two].map(keepUpdating));
    expect(await one.destinations.get(account.id, destination.id)).toMatchObject({ revision: 1 + won });
    expect(await one.checks.list(account.id, destination.id, 10)).toMatchObject([{ revision: 1 + won }]);
  });

  test('that lock each other out do not notice: what was lost is repeated', async () => {
    await using store = await open();
    const account = await store.accounts.create(anAccount());
    const first = await store.destinations.create(aDestination(account));
    const second = await store.destinations.create(aDestination(account));
    const superuser = new pg.Client({
      host: database.host,
      port: database.port,
      database: database.database,
      user: 'postgres',
      password: 'postgres',
    });
    await superuser.connect();
    try {
      // The other side of the deadlock waits longer, so that it is the store which loses.
      await superuser.query("set deadlock_timeout = '60s'");
      await superuser.query('begin');
      await superuser.query(`select 1 from destinations where id = ${second.id} for update`);
      const updates = Promise.all([first, second].map((each) => store.destinations.update(anUpdate(each))));
      await until(async () =>
        expect(await database.admin('select 1 from pg_locks where not granted')).not.toEqual([]),
      );
      await superuser.query(`select 1 from destinations where id = ${first.id} for update`);
      await superuser.query('commit');
      expect(await updates).toMatchObject([{ revision: 2 }, { revision: 2 }]);
    } finally {
      await superuser.end();
    }
  });
});

test('tables that grow a column under a running process do not disturb it', async () => {
  await using store = await open();
  const { account, destination } = await withDestination(store);
  await Promise.all(Array.from({ length: 30 }, () => store.destinations.get(account.id, destination.id)));
  await store.destinations.update(anUpdate(destination));
  await database.query('alter table destinations add column of_a_newer_version text');
  const all = Array.from({ length: 30 }, () => store.destinations.get(account.id, destination.id));
  for (const found of await Promise.all(all)) expect(found).toMatchObject({ revision: 2 });
  expect(await store.destinations.update(anUpdate({ ...destination, revision: 2 }))).toMatchObject({
    revision: 3,
  });
});

test('a user who may not create tables is told so', async () => {
  await database.admin(
    `revoke create on schema public from public; alter database ${database.database} owner to postgres`,
  );
  await expect(open()).rejects.toMatchObject({
    code: 'StoreUnavailable',
    message: expect.stringContaining('permission denied for schema public'),
    remedy: expect.stringContaining('GRANT CREATE'),
  });
});

test('what is acknowledged is on the disk and what is read is new, whatever the defaults of the database', async () => {
  await database.admin(`
    alter database ${database.database} set synchronous_commit = off;
    alter database ${database.database} set default_transaction_isolation = 'serializable'`);
  await using store = await open();
  const { account, destination } = await withDestination(store);
  await database.admin(`
    create function say_mode() returns trigger language plpgsql as $$
      begin
        new.description := current_setting('synchronous_commit') || ', ' || current_setting('transaction_isolation');
        return new;
      end $$;
    create trigger say_mode before update on destinations for each row execute function say_mode()`);
  await store.destinations.update(anUpdate(destination));
  expect(await store.destinations.get(account.id, destination.id)).toMatchObject({
    description: 'on, read committed',
  });
});

test('a store of a newer version is refused, naming both versions', async () => {
  await (await open())[Symbol.asyncDispose]();
  await database.query("insert into schema_versions values (99, 'from the future', 0)");
  await expect(open()).rejects.toMatchObject({
    code: 'StoreTooNew',
    message: expect.stringMatching(/version 99.* up to \d+/),
  });
});
