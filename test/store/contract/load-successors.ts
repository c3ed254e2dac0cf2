import { describe, expect, test } from 'vitest';
import type { PlannedLoad } from '../../../src/store/load-store.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  accept,
  anOutcome,
  aPlan,
  aStreamError,
  backlogOf,
  idsOf,
  type Mapped,
  withSource,
} from '../records-under-test.ts';
import { anUpdate, required, type StoreUnderTest } from '../store-under-test.ts';

export function loadSuccessorContract(on: StoreUnderTest): void {
  describe('the load after one that is under way', () => {
    test('is planned and leased by nobody, until the first is complete', async () => {
      await using own = await on.fresh();
      const { loads, batches } = own.store;
      const { account, source, ids, first, next } = await twoLoads(own.store);
      expect(next).toEqual({
        ...first,
        loadId: expect.stringMatching(/^[0-9a-f]{32}$/),
        batchedAt: expect.any(Number),
        fence: 2,
        standingFence: 1,
        batches: expect.anything(),
      });
      expect([idsOf(first), idsOf(next)]).toEqual([ids.slice(0, 2), ids.slice(2, 4)]);
      expect(await backlogOf(own.store)).toEqual({ loading: [2, 200], ready: [3, 300] });
      expect(await loads.heartbeat({ ...next, leaseMilliseconds: 1_000 })).toBe(false);
      expect(await loads.complete(anOutcome(next))).toBe(false);

      expect(await loads.completeAndGoOn(goOn(first, next))).toBe('gone_on');
      expect(await loads.completeAndGoOn(goOn(first, next))).toBe('gone_on');
      expect(await backlogOf(own.store)).toEqual({ loading: [2, 200], ready: [1, 100] });
      expect(await loads.plan(aPlan())).toEqual([]);
      expect(await loads.heartbeat({ ...next, leaseMilliseconds: 60_000 })).toBe(true);
      expect(await loads.complete(anOutcome(next))).toBe(true);
      const states = (await batches.list(account.id, source.id, { limit: 10 })).map(({ state }) => state);
      expect(states).toEqual(['ready', 'loaded', 'loaded', 'loaded', 'loaded']);
      const third = required((await loads.plan(aPlan()))[0]);
      expect(third).toMatchObject({ fence: 3, standingFence: 2 });
    });

    test('is the same when it is asked for again, and goes on from load to load', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { ids, first, next } = await twoLoads(own.store);
      expect(await loads.planNext(following(first))).toEqual(next);
      await loads.completeAndGoOn(goOn(first, next));
      const third = required(await loads.planNext(following(next)));
      expect(third).toMatchObject({ fence: 3, standingFence: 2 });
      expect(idsOf(third)).toEqual(ids.slice(4));
      expect(await loads.completeAndGoOn(goOn(next, third))).toBe('gone_on');
      expect(await loads.planNext(following(third))).toBeNull();
    });

    test('is handed out like any planned load when the owner of both is gone', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      await accept(own.store, source, 4);
      const first = required((await loads.plan(aPlan({ ...two, leaseMilliseconds: 0 })))[0]);
      const next = required(await loads.planNext(following(first)));
      const again = required((await loads.plan(aPlan({ owner: 'two' })))[0]);
      expect(again).toMatchObject({ loadId: first.loadId, fence: 2, crashes: 1 });
      expect(await loads.completeAndGoOn(goOn(first, next))).toBe('lost');
      expect(await loads.planNext(following(first))).toBeNull();
      expect(await loads.planNext(following(again))).toBeNull();
      expect(await loads.complete(anOutcome(again))).toBe(true);
      const later = required((await loads.plan(aPlan()))[0]);
      expect(later).toMatchObject({
        loadId: next.loadId,
        fence: 3,
        standingFence: 2,
        crashes: 0,
        attempt: 0,
      });
      expect(idsOf(later)).toEqual(idsOf(next));
    });

    test('has to be repeated like any other once it is leased', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { first, next } = await twoLoads(own.store);
      await loads.completeAndGoOn({ ...goOn(first, next), leaseMilliseconds: 0 });
      const again = required((await loads.plan(aPlan({ owner: 'two' })))[0]);
      expect(again).toMatchObject({
        loadId: next.loadId,
        fence: 3,
        standingFence: 1,
        crashes: 1,
        attempt: 1,
      });
      expect(await loads.complete(anOutcome(next))).toBe(false);
    });

    test('waits in its turn when the first fails or is given back', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { first, next } = await twoLoads(own.store);
      await loads.fail({ ...first, error: aStreamError(), blocked: false, retryAt: 0 });
      const again = required((await loads.plan(aPlan()))[0]);
      expect(again).toMatchObject({ loadId: first.loadId, fence: 2 });
      expect(await loads.completeAndGoOn(goOn(first, next))).toBe('lost');
      const renewed = required(await loads.planNext(following(again)));
      expect(renewed).toMatchObject({ loadId: next.loadId, fence: 3, standingFence: 2 });
      // Under the fence of then it would not be the one that whoever comes next is told of.
      expect(await loads.completeAndGoOn(goOn(again, next))).toBe('completed');
      expect(await loads.plan(aPlan())).toMatchObject([{ loadId: next.loadId, fence: 3 }]);
    });

    test.each<[string, (store: Store, mapped: Mapped) => Promise<unknown>]>([
      [
        'the settings change',
        ({ destinations }, { destination }) => destinations.update(anUpdate(destination)),
      ],
      [
        'the source is paused',
        ({ sources }, { source }) =>
          sources.update({ accountId: source.accountId, id: source.id, pausedAt: 1 }),
      ],
      [
        'the source is unmapped',
        ({ sources }, { source }) =>
          sources.update({ accountId: source.accountId, id: source.id, destinationId: null }),
      ],
      ['the account is suspended', ({ accounts }, { account }) => accounts.setSuspended(account.id, true)],
    ])('does not go on, nor is planned, when %s', async (_, change) => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { first, next, ...mapped } = await twoLoads(own.store);
      await change(own.store, mapped);
      expect(await loads.planNext(following(first))).toBeNull();
      expect(await loads.completeAndGoOn(goOn(first, next))).toBe('completed');
      expect(await loads.heartbeat({ ...next, leaseMilliseconds: 1_000 })).toBe(false);
    });

    test('goes with its source', async () => {
      await using own = await on.fresh();
      const { loads, sources } = own.store;
      const { account, source, first, next } = await twoLoads(own.store);
      expect(await sources.delete(account.id, source.id)).toMatchObject({ discardedBatches: 5 });
      expect(await loads.completeAndGoOn(goOn(first, next))).toBe('lost');
      expect(await loads.plan(aPlan())).toEqual([]);
    });

    test('is not planned for less than it is worth, so that more may join', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      const ids = await accept(own.store, source, 3);
      const first = required((await loads.plan(aPlan({ maxBatches: 1 })))[0]);
      expect(await loads.planNext(following(first, { minBytes: 201 }))).toBeNull();
      await loads.complete(anOutcome(first));
      const [later] = await accept(own.store, source, 1);
      expect(idsOf((await loads.plan(aPlan()))[0])).toEqual([...ids.slice(1), later]);
    });

    test('leaves the turn to a lane that waits, where it is told to', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source, first } = await twoLoads(own.store);
      const polite = following(first, { unlessOthersWait: true });
      expect(await loads.planNext(polite)).not.toBeNull();
      await accept(own.store, source, 1, { table: 'other' });
      expect(await loads.planNext(polite)).toBeNull();
      expect(await loads.planNext(following(first))).not.toBeNull();
      await loads.plan(aPlan());
      expect(await loads.planNext(polite)).not.toBeNull();
    });
  });
}

const two = { maxBatches: 2 };

const following = (
  { loadId, fence }: PlannedLoad,
  parts: { minBytes?: number; unlessOthersWait?: boolean } = {},
) => ({
  loadId,
  fence,
  maxBytes: 1_000_000,
  ...two,
  minBytes: 1,
  unlessOthersWait: false,
  ...parts,
});

const goOn = (done: PlannedLoad, { loadId, fence }: PlannedLoad) => ({
  done: anOutcome(done),
  next: { loadId, fence },
  leaseMilliseconds: 60_000,
});

/** Five batches, of which two are in a load under way and two in the next. */
async function twoLoads(store: Store) {
  const mapped = await withSource(store);
  const ids = await accept(store, mapped.source, 5);
  const first = required((await store.loads.plan(aPlan(two)))[0]);
  const next = required(await store.loads.planNext(following(first)));
  return { ...mapped, ids, first, next };
}
