import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ClaimedDelivery } from '../../../src/store/hook-store.ts';
import { aHook, aLoadResult, aTurn, bodies, counts, hookRoom, hour, load } from '../hooks-under-test.ts';
import { accept, anOutcome, aPlan } from '../records-under-test.ts';
import { aDestination, required, type StoreUnderTest, withDestination } from '../store-under-test.ts';

export function hookContract(on: StoreUnderTest): void {
  describe('hooks', () => {
    test('are kept as they were made, for their account alone', async () => {
      const { hooks } = on.store();
      const mapped = await withDestination(on.store());
      const other = await withDestination(on.store());
      const made = await hooks.create(aHook(mapped));
      const { account, destination } = mapped;
      expect(made).toMatchObject({ accountId: account.id, destinationId: destination.id, disabledAt: null });
      expect(await hooks.list(account.id)).toEqual([made]);
      expect(await hooks.get(other.account.id, made.id)).toBeNull();
      expect(await hooks.deliveries(other.account.id, made.id, 1)).toBeNull();
      expect(await hooks.test(other.account.id, made.id)).toBeNull();
      expect(await hooks.setEnabled(other.account.id, made.id, false)).toBeNull();
      expect(await hooks.delete(other.account.id, made.id)).toBe(false);
      expect(await hooks.delete(account.id, made.id)).toBe(true);
      expect(await hooks.list(account.id)).toEqual([]);
      const foreign = aHook({ account, destination: other.destination });
      await expect(hooks.create(foreign)).rejects.toMatchObject({ code: 'InvalidId' });
    });

    test('are ten at most, also when twenty are made at once', async () => {
      const { hooks } = on.store();
      const mapped = await withDestination(on.store());
      const made = await Promise.allSettled(Array.from({ length: 20 }, () => hooks.create(aHook(mapped))));
      const refused = made.filter(({ status }) => status === 'rejected');
      expect(refused).toHaveLength(10);
      expect(refused[0]).toMatchObject({ reason: { code: 'HookLimit' } });
      expect(await hooks.list(mapped.account.id)).toHaveLength(10);
    });

    test('end with their destination and with their account, whatever waits for them', async () => {
      await using own = await hookRoom(on);
      const { store, account, destination } = own;
      const hook = await own.hook();
      await store.hooks.test(account.id, hook.id);
      await store.destinations.delete({ accountId: account.id, id: destination.id, actor: 'cli' });
      expect(await store.hooks.list(account.id)).toEqual([]);
      expect(await store.hooks.claim(aTurn())).toEqual([]);
      const another = await store.destinations.create(aDestination(account));
      const last = await store.hooks.create(aHook({ account, destination: another }));
      await store.hooks.test(account.id, last.id);
      expect(await store.accounts.delete(account.id)).toBe(true);
      expect(await store.hooks.waiting()).toBe(0);
    });

    test('that are disabled get nothing, and what waited is dropped', async () => {
      await using own = await hookRoom(on);
      const { store, account } = own;
      const hook = await own.hook();
      await load(store, own.mapped);
      await own.forward(1000);
      const disabled = required(await store.hooks.setEnabled(account.id, hook.id, false));
      expect(disabled.disabledAt).toBe(disabled.modifiedAt);
      expect(disabled.modifiedAt).toBeGreaterThan(disabled.createdAt);
      await load(store, own.mapped);
      expect(await counts(store, hook)).toEqual(['dropped']);
      expect(await store.hooks.setEnabled(account.id, hook.id, true)).toMatchObject({ disabledAt: null });
      await load(store, own.mapped);
      expect(await counts(store, hook)).toEqual(['waiting', 'dropped']);
    });
  });

  describe('a delivery', () => {
    test('is made in the commit of the load that it tells of, once', async () => {
      await using own = await hookRoom(on);
      const { store, source } = own;
      const hook = await own.hook();
      await accept(store, source, 1);
      const [planned] = await store.loads.plan(aPlan());
      const outcome = anOutcome(required(planned), { result: aLoadResult() });
      expect(await store.loads.complete({ ...outcome, fence: outcome.fence + 1 })).toBe(false);
      expect(await counts(store, hook)).toEqual([]);
      expect(await store.loads.complete(outcome)).toBe(true);
      expect(await store.loads.complete(outcome)).toBe(true);
      expect(bodies(await store.hooks.claim(aTurn()))).toEqual([
        {
          version: '1.0',
          minimum_sdc_batched_at: new Date(required(planned).batchedAt).toISOString(),
          integration_name: source.name,
          new_version: false,
          source_root_table_name: 'orders',
          destination_root_table_name: 'orders',
          table_version: 0,
          tables: [
            {
              source_table_name: 'orders',
              destination_table_name: 'orders',
              num_rows: 1,
              num_rows_rejected: 0,
              s3_objects: null,
              primary_keys: ['id'],
              bookmark_metadata: [],
              max_time_extracted: null,
            },
          ],
        },
      ]);
    });

    test('is leased under a fence: who lost it can store nothing, and the next one gets the same id', async () => {
      await using own = await hookRoom(on);
      const { store } = own;
      const hook = await own.hook();
      await load(store, own.mapped);
      const [lost] = await store.hooks.claim(aTurn());
      expect(await store.hooks.claim(aTurn({ owner: 'two' }))).toEqual([]);
      await own.forward(60_001);
      const [taken] = await store.hooks.claim(aTurn({ owner: 'two' }));
      expect(taken).toMatchObject({ id: required(lost).id, attempt: 2, hook: { id: hook.id } });
      expect(required(taken).fence).toBeGreaterThan(required(lost).fence);
      const sent = { status: 200, error: null, retryIn: null };
      expect(await store.hooks.settle({ ...required(lost), ...sent })).toBe(false);
      expect(await store.hooks.settle({ ...required(taken), ...sent })).toBe(true);
      expect(await store.hooks.deliveries(hook.accountId, hook.id, 5)).toMatchObject([
        { state: 'sent', attempts: 2, status: 200, error: null, nextAttemptAt: null },
      ]);
    });

    test('waits as long as it is told to, and can be given back or given up', async () => {
      await using own = await hookRoom(on);
      const { store } = own;
      const hook = await own.hook();
      await load(store, own.mapped);
      const [first] = await store.hooks.claim(aTurn());
      await store.hooks.release(required(first));
      const [again] = await store.hooks.claim(aTurn());
      expect(again).toMatchObject({ attempt: 1 });
      const failed = { status: 503, error: 'It answered 503.' };
      await store.hooks.settle({ ...required(again), ...failed, retryIn: 5_000 });
      expect(await store.hooks.claim(aTurn())).toEqual([]);
      await own.forward(5_000);
      const [last] = await store.hooks.claim(aTurn());
      await store.hooks.settle({ ...required(last), ...failed, retryIn: null });
      expect(await store.hooks.deliveries(hook.accountId, hook.id, 5)).toMatchObject([
        { state: 'failed', attempts: 2, ...failed },
      ]);
      expect(await store.hooks.waiting()).toBe(0);
    });

    test('of a hook that hangs leaves slots for other hooks and accounts', async () => {
      await using own = await hookRoom(on);
      const { store } = own;
      const [one, two] = [await own.hook(), await own.hook()];
      for (let at = 0; at < 5; at += 1) await load(store, own.mapped);
      const claimed = await store.hooks.claim(aTurn({ limit: 10 }));
      const idsOf = (list: readonly ClaimedDelivery[]) => list.map(({ hook }) => hook.id).sort();
      expect(idsOf(claimed)).toEqual([one.id, one.id, two.id, two.id]);
      expect(await store.hooks.claim(aTurn({ limit: 6 }))).toEqual([]);
      expect(await store.hooks.claim(aTurn({ limit: 3, perHook: 4, owner: 'one' }))).toEqual([]);
      expect(await store.hooks.claim(aTurn({ limit: 3, perHook: 4, owner: 'two' }))).toHaveLength(2);
    });

    test('is claimed by one of several who ask at once', async () => {
      await using own = await hookRoom(on);
      await own.hook();
      const another = own.store;
      for (let at = 0; at < 4; at += 1) await load(own.store, own.mapped);
      const claims = await Promise.all(
        Array.from({ length: 8 }, () => another.hooks.claim(aTurn({ owner: randomUUID(), perHook: 8 }))),
      );
      const ids = claims.flat().map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test('that is old is forgotten, and one that waits for too long or among too many is dropped', async () => {
      await using own = await hookRoom(on);
      const { store } = own;
      const hook = await own.hook();
      await load(store, own.mapped);
      const [sent] = await store.hooks.claim(aTurn());
      await store.hooks.settle({ ...required(sent), status: 200, error: null, retryIn: null });
      for (let at = 0; at < 4; at += 1) await load(store, own.mapped);
      const kept = { endedBefore: 0, waitingSince: 0, perHook: 10 };
      expect(await store.hooks.retain(kept)).toEqual({ forgotten: 0, dropped: 0 });
      expect(await store.hooks.retain({ ...kept, perHook: 3 })).toEqual({ forgotten: 0, dropped: 1 });
      expect(await counts(store, hook)).toEqual(['waiting', 'waiting', 'waiting', 'dropped', 'sent']);
      await own.forward(hour);
      await load(store, own.mapped);
      const [newest] = required(await store.hooks.deliveries(hook.accountId, hook.id, 1));
      const before = required(newest).createdAt - hour / 2;
      expect(await store.hooks.retain({ ...kept, endedBefore: before, waitingSince: before })).toEqual({
        forgotten: 2,
        dropped: 3,
      });
      expect(await counts(store, hook)).toEqual(['waiting', 'dropped', 'dropped', 'dropped']);
    });

    test('of a test message is made on request, a few at a time', async () => {
      await using own = await hookRoom(on);
      const { store, account } = own;
      const hook = await own.hook({ type: 'check_failed' });
      for (let at = 0; at < 5; at += 1) await store.hooks.test(account.id, hook.id);
      await expect(store.hooks.test(account.id, hook.id)).rejects.toMatchObject({ code: 'TooManyRequests' });
      const [claimed] = await store.hooks.claim(aTurn());
      expect(claimed).toMatchObject({ isTest: true });
      expect(bodies([required(claimed)])).toMatchObject([{ type: 'check_failed', counts: {} }]);
    });
  });
}
