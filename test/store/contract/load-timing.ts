import { describe, expect, test } from 'vitest';
import {
  aBatch,
  aBody,
  accept,
  anOutcome,
  aPlan,
  aSource,
  aSplit,
  aStreamError,
  idsOf,
  withSource,
} from '../records-under-test.ts';
import { aDestination, required, type StoreUnderTest } from '../store-under-test.ts';

/** When lanes are handed out, and what is known of those who had them. */
export function loadTimingContract(on: StoreUnderTest): void {
  describe('lanes', () => {
    test('wait for company as long as it says, unless they have enough bytes', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      const ids = await accept(own.store, source, 2, { bytes: 500 });
      const planFor = (milliseconds: number, bytes: number) =>
        loads.plan(aPlan({ join: { milliseconds, bytes }, maxBatches: 1 }));
      expect(await planFor(60_000, 1_001)).toEqual([]);
      const load = required((await planFor(60_000, 1_000))[0]);
      expect(idsOf(load)).toEqual(ids.slice(0, 1));
      await loads.complete(anOutcome(load));
      expect(await planFor(60_000, 1_000)).toEqual([]);
      expect(idsOf((await planFor(0, 1_000))[0])).toEqual(ids.slice(1));
    });

    test('do not wait with a load that was planned before', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      await accept(own.store, source, 1);
      const load = required((await loads.plan(aPlan()))[0]);
      await loads.release(load);
      const join = { milliseconds: 60_000, bytes: 1_000 };
      expect((await loads.plan(aPlan({ join })))[0]?.loadId).toBe(load.loadId);
    });

    test('of one destination are handed out as far as it may be busy', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { account, source, destination } = await withSource(own.store);
      const other = await own.store.destinations.create(aDestination(account));
      const elsewhere = await own.store.sources.create(aSource(account, { destinationId: other.id }));
      for (const table of ['a', 'b', 'c']) await accept(own.store, source, 1, { table });
      await accept(own.store, elsewhere, 1, { table: 'd' });
      const limits = { lanesPerDestination: 2 };
      const planned = await loads.plan(aPlan(limits));
      expect(planned.map(({ destination: { id }, table }) => [id, table])).toEqual([
        [destination.id, 'a'],
        [destination.id, 'b'],
        [other.id, 'd'],
      ]);
      expect(await loads.plan(aPlan(limits))).toEqual([]);
      await loads.complete(anOutcome(required(planned[0])));
      expect((await loads.plan(aPlan(limits))).map(({ table }) => table)).toEqual(['c']);
    });
  });

  describe('a load', () => {
    test('counts the owners that were gone before they said how it went, and its halves inherit that', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      await accept(own.store, source, 2);
      const plan = async () => required((await loads.plan(aPlan()))[0]);
      await loads.plan(aPlan({ leaseMilliseconds: 0 }));
      const crashed = await plan();
      expect(crashed.crashes).toBe(1);
      await loads.release(crashed);
      const failing = await plan();
      await loads.fail({ ...failing, error: aStreamError(), blocked: false, retryAt: 0 });
      const again = await plan();
      expect(again.crashes).toBe(1);
      expect(await loads.split(aSplit(again))).toBe('cut');
      expect((await plan()).crashes).toBe(1);
    });
  });

  describe('all batches of a body', () => {
    test('are accepted in one commit, or none of them', async () => {
      await using own = await on.fresh();
      const { batches } = own.store;
      const { account, source } = await withSource(own.store);
      const tables = async () =>
        (await batches.list(account.id, source.id, { limit: 10 })).map(({ table }) => table).sort();
      const entry = (table: string, id?: string) => ({
        batch: aBatch(source, { table, ...(id !== undefined && { id }) }),
        body: aBody(),
      });
      expect(await batches.appendAll([entry('b'), entry('a'), entry('a')])).toBe('accepted');
      expect(await tables()).toEqual(['a', 'a', 'b']);
      const twice = entry('c');
      await expect(batches.appendAll([entry('c'), twice, twice])).rejects.toMatchObject({ name: 'Bug' });
      expect(await tables()).toEqual(['a', 'a', 'b']);
    });

    test('share one idempotency key and one budget', async () => {
      await using own = await on.fresh();
      const { batches } = own.store;
      const { source } = await withSource(own.store);
      const idempotency = { keyHash: 'key', bodyHash: 'body' };
      const body = () =>
        ['a', 'b'].map((table) => ({ batch: aBatch(source, { table, idempotency }), body: aBody(100) }));
      expect(await batches.appendAll(body())).toBe('accepted');
      expect(await batches.appendAll(body())).toBe('replayed');
      const budget = { accountBytes: 350, totalBytes: 1_000 };
      const tooMuch = ['a', 'b'].map((table) => ({
        batch: aBatch(source, { table, budget }),
        body: aBody(100),
      }));
      await expect(batches.appendAll(tooMuch)).rejects.toMatchObject({ code: 'Overloaded' });
    });
  });
}
