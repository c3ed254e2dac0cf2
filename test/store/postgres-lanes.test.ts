import { tmpdir } from 'node:os';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlannedLoad } from '../../src/store/load-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  accept,
  anOutcome,
  aPlan,
  aStreamError,
  backlogOf,
  idsOf,
  withSource,
} from './records-under-test.ts';
import { required } from './store-under-test.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database[Symbol.asyncDispose]());

const open = (): Promise<Store> => openStore({ url: database.url, folder: tmpdir(), mode: 'server' });

test('several processes never plan the same lane, while others accept batches for it', async () => {
  await using one = await open();
  await using two = await open();
  const made = [await withSource(one), await withSource(two), await withSource(one)];
  const lanes = made.flatMap(({ source }) => ['a', 'b'].map((table) => ({ source, table })));
  const accepted = new Map<string, string[]>();
  const loaded = new Map<string, string[]>();
  const underWay = new Set<string>();
  const nameOf = (sourceId: number, table: string) => `${sourceId} ${table}`;

  const keepAccepting = async (store: Store, { source, table }: (typeof lanes)[number]) => {
    const ids = await accept(store, source, 15, { table });
    accepted.set(nameOf(source.id, table), ids);
  };
  const work = async (store: Store, { source, table, batches, ...load }: PlannedLoad) => {
    const lane = nameOf(source.id, table);
    expect(underWay.has(lane)).toBe(false);
    underWay.add(lane);
    expect(await store.loads.heartbeat({ ...load, leaseMilliseconds: 60_000 })).toBe(true);
    underWay.delete(lane);
    // Now and then a load fails; it comes again before those behind it.
    if (load.fence % 5 === 0) {
      const { loadId, fence } = load;
      expect(
        await store.loads.fail({ loadId, fence, error: aStreamError(), blocked: false, retryAt: 0 }),
      ).toBe(true);
      return;
    }
    expect(await store.loads.complete(anOutcome({ source, table, batches, ...load }))).toBe(true);
    loaded.set(lane, [...(loaded.get(lane) ?? []), ...batches.map(({ id }) => id)]);
  };
  let accepting = true;
  const keepLoading = async (store: Store, owner: string) => {
    for (;;) {
      const last = !accepting;
      const planned = await store.loads.plan(aPlan({ owner, limit: 2, maxBatches: 4 }));
      await Promise.all(planned.map((load) => work(store, load)));
      if (last && planned.length === 0 && underWay.size === 0) return;
    }
  };
  const loaders = [keepLoading(one, 'one'), keepLoading(two, 'two')];
  await Promise.all(lanes.map((lane, at) => keepAccepting(at % 2 === 0 ? one : two, lane)));
  accepting = false;
  await Promise.all(loaders);
  // One of the two may have seen nothing left while the other failed its last load.
  await keepLoading(one, 'one');

  expect(Object.fromEntries(loaded)).toEqual(Object.fromEntries(accepted));
  expect(await backlogOf(two)).toEqual({});
});

test('a lane that another process is just looking at is left to it, without waiting', async () => {
  await using store = await open();
  const { source } = await withSource(store);
  await accept(store, source, 1, { table: 'held' });
  const [free] = await accept(store, source, 1, { table: 'free' });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query("begin; select 1 from lanes where table_name = 'held' for no key update");
    const planned = await store.loads.plan(aPlan());
    expect(planned.map(idsOf)).toEqual([[free]]);
    // Accepting does not wait either.
    await accept(store, source, 1, { table: 'held' });
  } finally {
    await client.end();
  }
  expect(await store.loads.plan(aPlan())).toMatchObject([{ table: 'held' }]);
});

test('a process that vanished loses its lanes when its leases have run out on the clock of the server', async () => {
  await using one = await open();
  await using two = await open();
  const { source } = await withSource(one);
  await accept(one, source, 1);
  const lost = required((await one.loads.plan(aPlan({ leaseMilliseconds: 60_000 })))[0]);
  expect(await two.loads.plan(aPlan({ owner: 'two' }))).toEqual([]);
  await database.query('update lanes set lease_until = extract(epoch from clock_timestamp()) * 1000 - 1');
  const taken = required((await two.loads.plan(aPlan({ owner: 'two' })))[0]);
  expect(taken).toEqual({ ...lost, fence: 2, crashes: 1, attempt: 1 });
  expect(await one.loads.complete(anOutcome(lost))).toBe(false);
  expect(await two.loads.complete(anOutcome(taken))).toBe(true);
});
