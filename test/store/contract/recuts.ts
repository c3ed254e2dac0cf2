import { describe, expect, test } from 'vitest';
import type { PlannedLoad } from '../../../src/store/load-store.ts';
import {
  accept,
  anOutcome,
  aPlan,
  aSplit,
  aStreamError,
  backlogOf,
  idsOf,
  withSource,
} from '../records-under-test.ts';
import { required, type StoreUnderTest } from '../store-under-test.ts';

export function recutContract(on: StoreUnderTest): void {
  describe('a load that is poisoned', () => {
    test('is cut until one batch is left, which is marked before it is loaded alone', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      const ids = await accept(own.store, source, 3);
      const whole = required((await loads.plan(aPlan()))[0]);
      expect(await loads.split(aSplit(whole))).toBe('cut');
      expect(await loads.heartbeat({ ...whole, leaseMilliseconds: 1_000 })).toBe(false);
      await accept(own.store, source, 1);

      const left = required((await loads.plan(aPlan()))[0]);
      expect(idsOf(left)).toEqual(ids.slice(0, 2));
      expect(left).toMatchObject({ batchedAt: whole.batchedAt, attempt: 0 });
      expect(await loads.split(aSplit(left))).toBe('cut');
      const one = required((await loads.plan(aPlan({ leaseMilliseconds: 0 })))[0]);
      expect(idsOf(one)).toEqual(ids.slice(0, 1));
      expect(await loads.split(aSplit(one))).toBe('suspect');
      const marked = required((await loads.plan(aPlan()))[0]);
      expect(marked).toMatchObject({ loadId: one.loadId, batches: [{ id: ids[0], suspect: true }] });
      await loads.quarantine({ ...marked, batchIds: [required(ids[0])], error: 'It ends the process.' });

      for (const id of ids.slice(1)) {
        const next = required((await loads.plan(aPlan()))[0]);
        expect(idsOf(next)).toEqual([id]);
        expect(await loads.complete(anOutcome(next))).toBe(true);
      }
      expect(await backlogOf(own.store)).toEqual({ ready: [1, 100], quarantined: [1, 100] });
    });

    test('leaves what is not quarantined before its other parts', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      const ids = await accept(own.store, source, 6);
      const whole = required((await loads.plan(aPlan()))[0]);
      await loads.split({ ...aSplit(whole), parts: 2 });
      const first = required((await loads.plan(aPlan()))[0]);
      await loads.quarantine({ ...first, batchIds: [required(ids[0])], error: 'It is damaged.' });
      await accept(own.store, source, 1);
      for (const part of [ids.slice(1, 3), ids.slice(3)]) {
        const next = required((await loads.plan(aPlan()))[0]);
        expect(idsOf(next)).toEqual(part);
        await loads.release(next);
        expect(idsOf((await loads.plan(aPlan()))[0])).toEqual(part);
        await loads.complete(anOutcome({ ...next, fence: next.fence + 1 }));
      }
    });

    test('is cut into equal parts in its order, which are marked where they are asked to be', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      const ids = await accept(own.store, source, 7);
      const whole = required((await loads.plan(aPlan()))[0]);
      expect(await loads.split({ ...aSplit(whole), parts: 3, crashes: 2, mark: true })).toBe('cut');
      for (const part of [ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]) {
        const next = required((await loads.plan(aPlan()))[0]);
        expect(idsOf(next)).toEqual(part);
        expect(next.crashes).toBe(2);
        expect(next.batches.every(({ suspect }) => suspect)).toBe(true);
        await loads.complete(anOutcome(next));
      }
    });

    test('is to blame for those only who die while they go through its records', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      await accept(own.store, source, 1);
      const plan = async () => required((await loads.plan(aPlan({ leaseMilliseconds: 0 })))[0]);
      const crashesOf = async () => (await plan()).crashes;
      expect([await crashesOf(), await crashesOf(), await crashesOf()]).toEqual([0, 1, 2]);
      const before = await plan();
      expect(before.crashes).toBe(2);
      await loads.blame({ ...before, isToBlame: true });
      const during = await plan();
      expect(during.crashes).toBe(3);
      await loads.blame({ ...before, isToBlame: true });
      await loads.blame({ ...during, isToBlame: true });
      await loads.blame({ ...during, isToBlame: false });
      const after = await plan();
      expect(after.crashes).toBe(3);
      await loads.release(after);
      expect(await crashesOf()).toBe(3);
    });

    test('gives its other batches back in their places when damaged ones are set aside', async () => {
      await using own = await on.fresh();
      const { loads, batches } = own.store;
      const { account, source } = await withSource(own.store);
      const [a, b, c] = await accept(own.store, source, 3);
      const load = required((await loads.plan(aPlan()))[0]);
      const [d] = await accept(own.store, source, 1);
      const stranger = await withSource(own.store);
      const [other] = await accept(own.store, stranger.source, 1);
      await loads.quarantine({
        ...load,
        batchIds: [required(b), required(other)],
        error: 'part 0: the checksum does not hold',
      });
      expect(await backlogOf(own.store)).toEqual({ ready: [4, 400], quarantined: [1, 100] });
      const filter = { state: 'quarantined', limit: 10 } as const;
      expect(await batches.list(account.id, source.id, filter)).toMatchObject([
        { id: b, lastError: { message: 'part 0: the checksum does not hold' } },
      ]);
      const next = required((await loads.plan(aPlan({ limit: 1 })))[0]);
      expect(idsOf(next)).toEqual([a, c, d]);
      expect(next.loadId).not.toBe(load.loadId);
    });
  });

  describe('a completed load', () => {
    test('is planned once more as it was, before everything else of its lane', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      const past: PlannedLoad[] = [];
      for (let round = 0; round < 3; round += 1) {
        await accept(own.store, source, 2);
        const load = required((await loads.plan(aPlan()))[0]);
        expect(await loads.repeat(load.loadId)).toBe(false);
        await loads.complete(anOutcome(load, { rowsLoaded: round }));
        past.push(load);
      }
      await accept(own.store, source, 1);
      const lane = { sourceId: source.id, table: 'orders' };
      expect(await loads.completed(lane, 2)).toEqual(
        [past[2], past[1]].map((load, at) => ({
          loadId: load?.loadId,
          destinationId: load?.destination.id,
          batchedAt: load?.batchedAt,
          completedAt: expect.any(Number),
          rowsLoaded: 2 - at,
          retained: true,
          place: null,
          missing: false,
        })),
      );
      expect(await loads.repeat(required(past[1]).loadId)).toBe(true);
      expect(await loads.repeat(required(past[1]).loadId)).toBe(false);
      expect(await backlogOf(own.store)).toEqual({ ready: [3, 300] });
      const again = required((await loads.plan(aPlan()))[0]);
      expect(again).toEqual({ ...past[1], fence: 4, standingFence: 3 });
      expect(await loads.complete(anOutcome(again))).toBe(true);
      expect(await backlogOf(own.store)).toEqual({ ready: [1, 100] });
    });

    test('whose payload was dropped is a gap that stays', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      await accept(own.store, source, 2);
      const load = required((await loads.plan(aPlan()))[0]);
      await loads.complete(anOutcome(load));
      const { droppedBytes } = await loads.retain({ olderThan: 1, maxBytes: 150 });
      expect(droppedBytes).toBeGreaterThan(0);
      const lane = { sourceId: source.id, table: 'orders' };
      expect(await loads.completed(lane, 10)).toMatchObject([{ loadId: load.loadId, retained: false }]);
      expect(await loads.repeat(load.loadId)).toBe(false);
      expect(await loads.plan(aPlan())).toEqual([]);
    });
  });

  describe('retention', () => {
    test('drops what was loaded long ago, and never what waits', async () => {
      await using own = await on.fresh();
      const { loads, spool, batches } = own.store;
      const { account, source } = await withSource(own.store);
      const [first, second, third] = await accept(own.store, source, 3);
      const complete = async () =>
        loads.complete(anOutcome(required((await loads.plan(aPlan({ maxBatches: 1 })))[0])));
      await complete();
      await complete();
      const roomy = Number.MAX_SAFE_INTEGER;
      expect(await loads.retain({ olderThan: 1_000, maxBytes: roomy })).toEqual({
        droppedBatches: 0,
        droppedBytes: 0,
        more: false,
      });
      const { storedBytes } = await spool.usage();
      const result = await loads.retain({ olderThan: 1_000, maxBytes: storedBytes / 3 + 10 });
      expect(result).toMatchObject({ droppedBatches: 1, more: false });
      const left = await batches.list(account.id, source.id, { limit: 10 });
      expect(left.map(({ id, state }) => [id, state])).toEqual([
        [third, 'ready'],
        [second, 'loaded'],
      ]);
      await expect(spool.read(required(first))[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        name: 'SpoolDamage',
      });
      expect(await loads.retain({ olderThan: roomy, maxBytes: roomy })).toMatchObject({ droppedBatches: 1 });
      expect(await loads.retain({ olderThan: roomy, maxBytes: 0 })).toMatchObject({ droppedBatches: 0 });
      expect(await spool.usage()).toMatchObject({ batches: 1 });
      expect(await backlogOf(own.store)).toEqual({ ready: [1, 100] });
    });

    test('goes on in steps while there is more', async () => {
      await using own = await on.fresh();
      const { loads, spool } = own.store;
      const { source } = await withSource(own.store);
      await Promise.all(Array.from({ length: 25 }, () => accept(own.store, source, 10, { bytes: 10 })));
      const load = required((await loads.plan(aPlan({ maxBatches: 1_000 })))[0]);
      expect(load.batches).toHaveLength(250);
      await loads.complete(anOutcome(load));
      const all = { olderThan: Number.MAX_SAFE_INTEGER, maxBytes: 0 };
      const steps = [await loads.retain(all), await loads.retain(all)];
      expect(steps).toMatchObject([
        { droppedBatches: 200, more: true },
        { droppedBatches: 50, more: false },
      ]);
      expect(await spool.usage()).toEqual({ batches: 0, storedBytes: 0 });
    });

    test('does not touch what failed and will be repeated', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { source } = await withSource(own.store);
      await accept(own.store, source, 2);
      const load = required((await loads.plan(aPlan()))[0]);
      await loads.fail({ ...load, error: aStreamError(), blocked: true, retryAt: 0 });
      await loads.retain({ olderThan: Number.MAX_SAFE_INTEGER, maxBytes: 0 });
      expect(idsOf((await loads.plan(aPlan()))[0])).toEqual(idsOf(load));
    });
  });
}
