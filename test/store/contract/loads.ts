import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  accept,
  anOutcome,
  aPlan,
  aSource,
  aSplit,
  aStreamError,
  backlogOf,
  idsOf,
  withSource,
} from '../records-under-test.ts';
import {
  aClaim,
  aDestination,
  anUpdate,
  aResult,
  required,
  type StoreUnderTest,
} from '../store-under-test.ts';

const never = Number.MAX_SAFE_INTEGER;

export function loadContract(on: StoreUnderTest): void {
  describe('loads', () => {
    test('that a destination fenced off get a fence far above, and it grows on from there', async () => {
      await using own = await on.fresh();
      const { source } = await withSource(own.store);
      await accept(own.store, source, 1);
      const error = aStreamError();
      const fenceOf = async (fencedOff: boolean) => {
        const { loadId, fence } = required((await own.store.loads.plan(aPlan()))[0]);
        await own.store.loads.fail({ loadId, fence, error, blocked: false, retryAt: 0, fencedOff });
        return fence;
      };
      const first = await fenceOf(true);
      const second = await fenceOf(false);
      expect(second).toBeGreaterThan(first + 2 ** 31);
      expect(await fenceOf(false)).toBe(second + 1);
    });

    test('take whole batches of one lane in the order of their acceptance, up to the limits', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { account, source, destination } = await withSource(own.store);
      const small = await accept(own.store, source, 3, { bytes: 400 });
      const [load] = await loads.plan(aPlan({ maxBytes: 1_000 }));
      expect(load).toEqual({
        loadId: expect.stringMatching(/^[0-9a-f]{32}$/),
        accountId: account.id,
        source,
        destination,
        sealed: { password: 'sealed-password' },
        hostKeys: [],
        table: 'orders',
        fence: 1,
        batchedAt: expect.any(Number),
        standingFence: 0,
        batches: small.slice(0, 2).map((id) => ({
          id,
          format: 'batch',
          records: 1,
          isValid: false,
          rawBytes: 400,
          receivedAt: expect.any(Number),
          suspect: false,
          isUnwanted: false,
        })),
        attempt: 0,
        crashes: 0,
      });
      expect(await loads.plan(aPlan())).toEqual([]);
      await loads.complete(anOutcome(required(load)));
      const [big] = await accept(own.store, source, 1, { bytes: 5_000 });
      const [second] = await loads.plan(aPlan({ maxBatches: 1 }));
      expect(idsOf(second)).toEqual(small.slice(2));
      await loads.complete(anOutcome(required(second)));
      const [third] = await loads.plan(aPlan({ maxBytes: 1_000 }));
      expect(idsOf(third)).toEqual([big]);
      expect(third?.fence).toBe(3);
    });

    test('say of a batch whether all of its records were found valid', async () => {
      await using own = await on.fresh();
      const { source } = await withSource(own.store);
      for (const known of [{ rejected: 0 }, { rejected: 1 }, {}]) await accept(own.store, source, 1, known);
      const [load] = await own.store.loads.plan(aPlan());
      expect(load?.batches.map(({ isValid }) => isValid)).toEqual([true, false, false]);
    });

    test('end where batches begin that do not go together', async () => {
      await using own = await on.fresh();
      const { source } = await withSource(own.store);
      const one = await accept(own.store, source, 2, { loadGroup: 'id' });
      await accept(own.store, source, 1, { loadGroup: 'id,name' });
      expect(idsOf((await own.store.loads.plan(aPlan()))[0])).toEqual(one);
    });

    test('of several lanes go side by side', async () => {
      await using own = await on.fresh();
      const { source } = await withSource(own.store);
      for (const table of ['b', 'a', 'c']) await accept(own.store, source, 2, { table });
      const planned = await own.store.loads.plan(aPlan({ limit: 2 }));
      expect(planned.map(({ table }) => table)).toEqual(['b', 'a']);
      expect((await own.store.loads.plan(aPlan())).map(({ table }) => table)).toEqual(['c']);
    });

    test('are handed out again exactly as they were planned, on the settings of then', async () => {
      await using own = await on.fresh();
      const { loads, destinations } = own.store;
      const { source, destination } = await withSource(own.store);
      await accept(own.store, source, 3);
      const first = required((await loads.plan(aPlan({ leaseMilliseconds: 0 })))[0]);
      await accept(own.store, source, 3);
      const updated = await destinations.update(anUpdate(destination, { name: 'Moved' }));
      const again = required((await loads.plan(aPlan({ owner: 'two', maxBatches: 1 })))[0]);
      expect(again).toEqual({ ...first, destination: updated, fence: 2, crashes: 1, attempt: 0 });
      expect(await loads.complete(anOutcome(first))).toBe(false);
      expect(await loads.heartbeat({ ...first, leaseMilliseconds: 1_000 })).toBe(false);
      const failure = { error: aStreamError(), blocked: false, retryAt: 0 };
      expect(await loads.fail({ ...first, ...failure })).toBe(false);
      await loads.release(first);
      expect(await loads.split(aSplit(first))).toBe('lost');
      expect(await loads.fail({ ...again, ...failure })).toBe(true);
      expect(await loads.plan(aPlan())).toEqual([{ ...again, fence: 3, attempt: 1 }]);
    });

    test('belong to their owner for as long as it keeps the lease', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      await accept(own.store, source, 1);
      const load = required((await loads.plan(aPlan({ leaseMilliseconds: 0 })))[0]);
      expect(await loads.heartbeat({ ...load, leaseMilliseconds: 60_000 })).toBe(true);
      expect(await loads.plan(aPlan())).toEqual([]);
      await loads.release(load);
      expect(await loads.plan(aPlan())).toMatchObject([{ loadId: load.loadId, fence: 2, attempt: 0 }]);
    });

    test('that are complete stay so, and telling it twice is fine', async () => {
      await using own = await on.fresh();
      const { loads, batches } = own.store;
      const { account, source } = await withSource(own.store);
      await accept(own.store, source, 2);
      const load = required((await loads.plan(aPlan()))[0]);
      expect(await backlogOf(own.store)).toEqual({ loading: [2, 200] });
      expect(await loads.complete(anOutcome(load))).toBe(true);
      expect(await backlogOf(own.store)).toEqual({});
      expect(await loads.complete(anOutcome(load))).toBe(true);
      expect(await backlogOf(own.store)).toEqual({});
      expect(await loads.plan(aPlan())).toEqual([]);
      expect(await batches.list(account.id, source.id, { limit: 10 })).toMatchObject([
        { state: 'loaded' },
        { state: 'loaded' },
      ]);
    });

    test('show how they went for each table', async () => {
      await using own = await on.fresh();
      const { loads, batches } = own.store;
      const { account, source } = await withSource(own.store);
      await accept(own.store, source, 1, { table: 'people' });
      await accept(own.store, source, 1, { table: 'orders' });
      await accept(own.store, source, 1, { table: 'later' });
      expect(await loads.streams(account.id)).toEqual([]);
      const [people, orders] = await loads.plan(aPlan({ limit: 2 }));
      await loads.complete(anOutcome(required(people)));
      const failure = { blocked: true, retryAt: 0 };
      await loads.fail({ ...required(orders), ...failure, error: aStreamError() });
      const lane = { sourceId: source.id, sourceName: source.name, gap: null };
      const shown = { ...lane, lastAttemptAt: expect.any(Number) };
      expect(await loads.streams(account.id)).toEqual([
        { ...shown, table: 'orders', lastLoadedAt: null, error: aStreamError() },
        { ...shown, table: 'people', lastLoadedAt: expect.any(Number), error: null },
      ]);
      expect(await batches.list(account.id, source.id, { table: 'orders', limit: 1 })).toMatchObject([
        {
          state: 'blocked',
          lastError: { message: 'The destination is down.', remedy: 'Start it.', code: '57P01' },
          retryAt: expect.any(Number),
        },
      ]);
      expect(await backlogOf(own.store)).toEqual({ ready: [1, 100], blocked: [1, 100] });
      const again = required((await loads.plan(aPlan({ limit: 1 })))[0]);
      await loads.fail({ ...again, ...failure, error: aStreamError({ message: 'Still.', since: 9_000 }) });
      expect((await loads.streams(account.id))[0]?.error).toMatchObject({ message: 'Still.', since: 1_000 });
      await loads.complete(anOutcome(required((await loads.plan(aPlan({ limit: 1 })))[0])));
      expect((await loads.streams(account.id))[0]).toMatchObject({ table: 'orders', error: null });
    });
  });

  describe('a lane', () => {
    test('rests after a failure until its time has come, and keeps its order', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      const ids = await accept(own.store, source, 2);
      const load = required((await loads.plan(aPlan({ maxBatches: 1 })))[0]);
      await loads.fail({ ...load, error: aStreamError(), blocked: false, retryAt: never });
      await accept(own.store, source, 1);
      expect(await loads.plan(aPlan())).toEqual([]);
      expect(await backlogOf(own.store)).toEqual({ ready: [3, 300] });
      await loads.wake(required(source.destinationId));
      const again = await loads.plan(aPlan());
      expect(again).toMatchObject([{ loadId: load.loadId, attempt: 0 }]);
      expect(idsOf(again[0])).toEqual(ids.slice(0, 1));
    });

    test('is woken by new settings and by a check that succeeds, not by one that fails', async () => {
      await using own = await on.fresh();
      const { loads, checks, destinations } = own.store;
      const { source, destination } = await withSource(own.store);
      await accept(own.store, source, 1);
      const failOnce = async () => {
        const load = required((await loads.plan(aPlan()))[0]);
        await loads.fail({ ...load, error: aStreamError(), blocked: true, retryAt: never });
        expect(await loads.plan(aPlan())).toEqual([]);
      };
      const check = async (failed: boolean, refused = false) => {
        await checks.request(destination.accountId, destination.id, {
          uuid: randomUUID(),
          origin: 'requested',
        });
        const { check: taken, fence } = required((await checks.claim(aClaim()))[0]);
        const error = failed ? 'No.' : null;
        await checks.complete({ name: taken.name, fence, result: aResult({ failed, refused, error }) });
      };
      await failOnce();
      await destinations.update(anUpdate(destination));
      await failOnce();
      await check(true);
      expect(await loads.plan(aPlan())).toEqual([]);
      await check(false);
      await failOnce();
      await check(true, true);
      await loads.wake(destination.id);
      expect(await loads.plan(aPlan())).toEqual([]);
      await check(false);
      expect(await loads.plan(aPlan())).toHaveLength(1);
    });

    test('rests while its source is paused or unmapped, or its account suspended', async () => {
      await using own = await on.fresh();
      const { loads, sources, accounts } = own.store;
      const { account, source, destination } = await withSource(own.store);
      await accept(own.store, source, 1);
      const of = { accountId: account.id, id: source.id };
      const rests = async () => {
        expect(await loads.plan(aPlan())).toEqual([]);
        expect(await backlogOf(own.store)).toEqual({ blocked: [1, 100] });
      };
      await sources.update({ ...of, pausedAt: 1 });
      await rests();
      await sources.update({ ...of, pausedAt: null, destinationId: null });
      await rests();
      await sources.update({ ...of, destinationId: destination.id });
      await accounts.setSuspended(account.id, true);
      await rests();
      await accounts.setSuspended(account.id, false);
      expect(await backlogOf(own.store)).toEqual({ ready: [1, 100] });
      expect(await loads.plan(aPlan())).toHaveLength(1);
    });

    test('follows its source to another destination, a planned load included', async () => {
      await using own = await on.fresh();
      const { loads, sources, destinations } = own.store;
      const { account, source } = await withSource(own.store);
      await accept(own.store, source, 1);
      const load = required((await loads.plan(aPlan()))[0]);
      await loads.fail({ ...load, error: aStreamError(), blocked: false, retryAt: never });
      const next = await destinations.create(aDestination(account));
      await sources.update({ accountId: account.id, id: source.id, destinationId: next.id });
      expect(await loads.plan(aPlan())).toMatchObject([
        { loadId: load.loadId, destination: { id: next.id } },
      ]);
    });
  });

  describe('accounts', () => {
    test('take turns, the one that waits longest first', async () => {
      await using own = await on.fresh();
      const [busy, quiet] = [await withSource(own.store), await withSource(own.store)];
      for (const table of ['a', 'b', 'c']) await accept(own.store, busy.source, 1, { table });
      for (const table of ['x', 'y']) await accept(own.store, quiet.source, 1, { table });
      const tables = async (limit: number) =>
        (await own.store.loads.plan(aPlan({ limit }))).map(({ table }) => table);
      expect(await tables(1)).toEqual(['a']);
      expect(await tables(1)).toEqual(['x']);
      expect(await tables(3)).toEqual(['b', 'y', 'c']);
    });

    test('have no more lanes under way than their share, and what a stuck one holds is its own', async () => {
      await using own = await on.fresh();
      const [stuck, other] = [await withSource(own.store), await withSource(own.store)];
      const second = await own.store.sources.create(aSource(stuck.account));
      for (const source of [stuck.source, second])
        for (const table of ['a', 'b', 'c']) await accept(own.store, source, 1, { table });
      const share = { lanesPerAccount: 2, limit: 10 };
      const planned = await own.store.loads.plan(aPlan(share));
      expect(planned.map(({ accountId }) => accountId)).toEqual([stuck.account.id, stuck.account.id]);
      expect(await own.store.loads.plan(aPlan(share))).toEqual([]);
      await accept(own.store, other.source, 1);
      expect(await own.store.loads.plan(aPlan(share))).toMatchObject([{ accountId: other.account.id }]);
      await own.store.loads.complete(anOutcome(required(planned[0])));
      expect(await own.store.loads.plan(aPlan(share))).toMatchObject([{ accountId: stuck.account.id }]);
    });
  });
}
