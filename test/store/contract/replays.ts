import { describe, expect, test } from 'vitest';
import type { Source } from '../../../src/model/source.ts';
import type { NewReplay } from '../../../src/store/replay-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { aBatch, aBody, accept, anOutcome, aPlan, idsOf, withSource } from '../records-under-test.ts';
import { aDestination, type StoreUnderTest } from '../store-under-test.ts';

const everything = { tables: null, since: null, appendOnly: false, force: false } as const;

/** A source whose batches are loaded, and another destination. */
async function loadedSource(store: Store, keys: readonly string[] = ['id']) {
  const { account, destination, source } = await withSource(store);
  const loadGroup = JSON.stringify(keys);
  const ids = await accept(store, source, 3, { loadGroup });
  await loadAll(store);
  const other = await store.destinations.create(aDestination(account));
  const replay = (parts: Partial<NewReplay> = {}) =>
    store.replays.start({
      accountId: account.id,
      sourceId: source.id,
      destinationId: other.id,
      ...everything,
      ...parts,
    });
  return { account, destination, other, source, ids, replay, loadGroup };
}

async function loadAll(store: Store): Promise<void> {
  for (;;) {
    const loads = await store.loads.plan(aPlan());
    if (loads.length === 0) return;
    for (const load of loads) expect(await store.loads.complete(anOutcome(load))).toBe(true);
  }
}

const plans = async (store: Store) =>
  (await store.loads.plan(aPlan())).map((load) => ({
    load,
    destination: load.destination.id,
    replayOf: load.source.replayOf,
  }));

async function bodyOf(store: Store, id: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of store.spool.read(id)) parts.push(part);
  return Buffer.concat(parts);
}

export function replayContract(on: StoreUnderTest): void {
  describe('a replay', () => {
    test('plans what is kept into the destination that is named, in order, under new ids', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const { other, source, ids, replay, account } = await loadedSource(store);
      const bodies = await Promise.all(ids.map((id) => bodyOf(store, id)));
      expect(await replay()).toMatchObject({ outcome: 'started' });
      const [planned, ...rest] = await plans(store);
      expect(rest).toEqual([]);
      expect(planned).toMatchObject({ destination: other.id, replayOf: source.id });
      const { load } = planned!;
      expect(load.source.name).toBe(source.name);
      expect(load.standingFence).toBe(null);
      const again = idsOf(load)!;
      expect(again).toHaveLength(3);
      expect(again.some((id) => ids.includes(id))).toBe(false);
      expect(await Promise.all(again.map((id) => bodyOf(store, id)))).toEqual(bodies);
      await store.loads.complete(anOutcome(load));
      expect(await store.replays.list(account.id, source.id)).toMatchObject([
        {
          state: 'completed',
          tables: [{ table: 'orders', batches: 3, records: 3, remaining: 0, missingUntil: null }],
        },
      ]);
    });

    test('shows how far it is, and does not show among sources, batches and tables', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const { source, replay, account, destination } = await loadedSource(store);
      await replay();
      const [shown] = await store.replays.list(account.id, source.id);
      expect(shown).toMatchObject({ state: 'loading', sourceId: source.id, tables: [{ remaining: 3 }] });
      expect((await store.sources.list(account.id)).map(({ id }) => id)).toEqual([source.id]);
      expect(await store.sources.get(account.id, shown!.id)).toBe(null);
      expect(await store.sources.update({ accountId: account.id, id: shown!.id, displayName: 'x' })).toBe(
        null,
      );
      expect(await store.sources.delete(account.id, shown!.id)).toBe(null);
      expect(await store.sources.schemasOf(destination.id)).toEqual([source.name]);
      await loadAll(store);
      expect((await store.loads.streams(account.id)).map(({ sourceId }) => sourceId)).toEqual([source.id]);
    });

    test('leaves the source loading into its own destination', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const { source, replay, destination, other, loadGroup } = await loadedSource(store);
      await replay();
      await accept(store, source, 1, { loadGroup });
      expect((await plans(store)).map((plan) => plan.destination).toSorted()).toEqual(
        [destination.id, other.id].toSorted(),
      );
    });

    test('goes before what is sent later, where both lead to one destination, with lower fences', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const { account, source, replay, other, loadGroup } = await loadedSource(store);
      await replay();
      await store.sources.update({ accountId: account.id, id: source.id, destinationId: other.id });
      await accept(store, source, 1, { loadGroup });
      const [first, ...none] = await plans(store);
      expect(none).toEqual([]);
      expect(first?.replayOf).toBe(source.id);
      await store.loads.complete(anOutcome(first!.load));
      const [second] = await plans(store);
      expect(second).toMatchObject({ destination: other.id, replayOf: null });
      expect(second!.load.fence).toBeGreaterThan(first!.load.fence);
    });

    test('waits for a load of the same table that is under way into its destination', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const { source, replay, destination, loadGroup } = await loadedSource(store);
      await accept(store, source, 1, { loadGroup });
      const [own] = await plans(store);
      expect(await replay({ destinationId: destination.id })).toMatchObject({ outcome: 'started' });
      expect(await plans(store)).toEqual([]);
      await store.loads.complete(anOutcome(own!.load));
      expect(await plans(store)).toMatchObject([{ replayOf: source.id, destination: destination.id }]);
    });

    test('is refused where it cannot be, with the reason', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const { account, source, replay, other } = await loadedSource(store);
      expect(await replay({ tables: ['orders', 'nothing'] })).toEqual({
        outcome: 'unknown_tables',
        tables: ['nothing'],
      });
      expect(await replay({ since: Date.UTC(2100, 0) })).toEqual({ outcome: 'nothing_retained' });
      const { id } = (await replay()) as { id: number };
      expect(await replay()).toEqual({ outcome: 'under_way', id });
      await store.sources.update({ accountId: account.id, id: source.id, pausedAt: 1 });
      expect(await replay()).toEqual({ outcome: 'paused' });
      expect(await plans(store)).toEqual([]);
      const foreign = await withSource(store);
      await expect(replay({ destinationId: foreign.destination.id })).rejects.toMatchObject({
        code: 'InvalidId',
      });
      await expect(replay({ sourceId: foreign.source.id })).rejects.toMatchObject({ code: 'InvalidId' });
      await expect(replay({ sourceId: id })).rejects.toMatchObject({ code: 'InvalidId' });
      expect(other.id).not.toBe(foreign.destination.id);
    });

    test('of tables that only grow is refused where they hold the batches, unless it is forced', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const keyless = await loadedSource(store, []);
      const held = { outcome: 'held', tables: ['orders'] };
      expect(await keyless.replay({ destinationId: keyless.destination.id })).toEqual(held);
      expect(await keyless.replay()).toMatchObject({ outcome: 'started' });
      await loadAll(store);
      // It holds them by now, from the replay.
      expect(await keyless.replay()).toEqual(held);
      expect(await keyless.replay({ force: true })).toMatchObject({ outcome: 'started' });
      const keyed = await loadedSource(store);
      expect(await keyed.replay({ destinationId: keyed.destination.id, appendOnly: true })).toEqual(held);
      expect(await keyed.replay({ destinationId: keyed.destination.id })).toMatchObject({
        outcome: 'started',
      });
    });

    test('that is cancelled gives up what waits, and keeps the batches that it repeats', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const { account, source, replay, ids } = await loadedSource(store);
      const { id } = (await replay()) as { id: number };
      expect(await store.replays.cancel(account.id, source.id + 1_000, id)).toBe(false);
      expect(await store.replays.cancel(account.id, source.id, id)).toBe(true);
      expect(await store.replays.cancel(account.id, source.id, id)).toBe(false);
      expect(await plans(store)).toEqual([]);
      expect(await store.replays.list(account.id, source.id)).toMatchObject([{ state: 'cancelled' }]);
      for (const batch of ids) expect(await bodyOf(store, batch)).toHaveLength(100);
      expect(await replay()).toMatchObject({ outcome: 'started' });
      await store.sources.delete(account.id, source.id);
      expect(await plans(store)).toEqual([]);
    });

    test('keeps the payloads that it needs, and says what was dropped before', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const { account, source, replay, ids, loadGroup } = await loadedSource(store);
      await drop(store);
      await expect(bodyOf(store, ids[0]!)).rejects.toThrow();
      expect(await replay()).toEqual({ outcome: 'nothing_retained' });
      const [later] = await accept(store, source, 1, { loadGroup });
      await loadAll(store);
      await replay();
      await drop(store);
      expect(await bodyOf(store, later!)).toHaveLength(100);
      expect(await store.replays.list(account.id, source.id)).toMatchObject([
        { tables: [{ batches: 1, remaining: 1, missingUntil: expect.any(Number) }] },
      ]);
      await loadAll(store);
      await drop(store);
      await expect(bodyOf(store, later!)).rejects.toThrow();
    });

    test('takes nothing of the bytes that may wait', async () => {
      await using fresh = await on.fresh();
      const { store } = fresh;
      const { source, replay, loadGroup } = await loadedSource(store);
      await replay();
      const budget = { accountBytes: 150, totalBytes: 1_000_000 };
      expect(await store.batches.append(aBatch(source as Source, { loadGroup, budget }), aBody(100))).toBe(
        'accepted',
      );
    });
  });
}

async function drop(store: Store): Promise<void> {
  while ((await store.loads.retain({ olderThan: Number.MAX_SAFE_INTEGER, maxBytes: 0 })).more);
}
