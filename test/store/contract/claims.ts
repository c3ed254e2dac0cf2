import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ClaimedCheck } from '../../../src/store/store.ts';
import {
  aClaim,
  aDestination,
  anAccount,
  anUpdate,
  aResult,
  handClock,
  required,
  type StoreUnderTest,
  withDestination,
} from '../store-under-test.ts';

export function claimContract(on: StoreUnderTest): void {
  describe('claims', () => {
    test('take the oldest checks first, and no more than asked for', async () => {
      await using own = await on.fresh();
      const { checks } = own.store;
      const made = [];
      for (let round = 0; round < 3; round += 1) made.push((await withDestination(own.store)).destination.id);
      const ids = async (limit: number) =>
        (await checks.claim(aClaim({ limit }))).map(({ destination }) => destination.id);
      expect(await ids(2)).toEqual(made.slice(0, 2));
      expect(await ids(2)).toEqual(made.slice(2));
      expect(await ids(2)).toEqual([]);
    });

    test('keep to the budget of each account, and what is over it waits', async () => {
      await using own = await on.fresh();
      const { accounts, destinations, checks } = own.store;
      const [narrow, wide] = [await accounts.create(anAccount()), await accounts.create(anAccount())];
      await accounts.setQuota(narrow.id, { checksPerMinute: 2 });
      for (const account of [narrow, narrow, narrow, narrow, wide, wide, wide])
        await destinations.create(aDestination(account));
      const claimed = await checks.claim(aClaim({ defaultPerMinute: 3 }));
      const of = (id: number) => claimed.filter(({ check }) => check.accountId === id).length;
      expect([of(narrow.id), of(wide.id)]).toEqual([2, 3]);
      expect(await checks.claim(aClaim({ defaultPerMinute: 3 }))).toEqual([]);
      expect(await checks.spend(wide.id, 3)).toBe(false);
      expect(await checks.spend(wide.id, 4)).toBe(true);
    });

    test('leave slots to other accounts, however many checks of one hang', async () => {
      await using own = await on.fresh();
      const { accounts, destinations, checks } = own.store;
      const [hanging, late, later] = [
        await accounts.create(anAccount()),
        await accounts.create(anAccount()),
        await accounts.create(anAccount()),
      ];
      let free = 8;
      const claim = async () => {
        const claimed = await checks.claim(aClaim({ limit: free }));
        free -= claimed.length;
        return claimed;
      };
      const accountsOf = (claimed: readonly ClaimedCheck[]) => claimed.map(({ check }) => check.accountId);
      for (let count = 0; count < 9; count += 1) await destinations.create(aDestination(hanging));
      const first = await claim();
      expect(accountsOf(first)).toEqual(Array(4).fill(hanging.id));
      expect(await claim()).toEqual([]);
      for (let count = 0; count < 3; count += 1) await destinations.create(aDestination(late));
      expect(accountsOf(await claim())).toEqual([late.id, late.id]);
      await destinations.create(aDestination(later));
      expect(accountsOf(await claim())).toEqual([later.id]);
      for (const { check, fence } of first) {
        await checks.complete({ name: check.name, fence, result: aResult() });
        free += 1;
      }
      // Its five that wait came first, but it never holds more than are left.
      expect(accountsOf(await claim())).toEqual([hanging.id, hanging.id, hanging.id]);
    });

    test('of a process that died are shared out in the same way', async () => {
      await using own = await on.fresh();
      const { accounts, destinations, checks } = own.store;
      const hanging = await accounts.create(anAccount());
      for (let count = 0; count < 4; count += 1) await destinations.create(aDestination(hanging));
      await checks.claim(aClaim({ owner: 'dead', limit: 8, leaseMilliseconds: 0 }));
      const { account: other } = await withDestination(own.store);
      const claimed = await checks.claim(aClaim({ limit: 4 }));
      expect(claimed.map(({ check }) => check.accountId)).toEqual([hanging.id, hanging.id, other.id]);
    });

    test('leave accounts alone that are suspended or have no budget at all', async () => {
      await using own = await on.fresh();
      const { accounts, checks } = own.store;
      const { account } = await withDestination(own.store);
      await accounts.setSuspended(account.id, true);
      expect(await checks.claim(aClaim())).toEqual([]);
      await accounts.setSuspended(account.id, false);
      expect(await checks.claim(aClaim({ defaultPerMinute: 0 }))).toEqual([]);
      expect(await checks.spend(account.id, 0)).toBe(false);
      expect(await checks.claim(aClaim())).toHaveLength(1);
    });

    test('of a lapsed lease get a higher fence, and the old owner is refused', async () => {
      await using own = await on.fresh();
      const { checks } = own.store;
      await withDestination(own.store);
      const lost = required((await checks.claim(aClaim({ leaseMilliseconds: 0 })))[0]);
      const kept = required((await checks.claim(aClaim({ owner: 'two' })))[0]);
      const { name } = lost.check;
      expect(kept.check.name).toBe(name);
      expect(kept.fence).toBeGreaterThan(lost.fence);
      const beat = (fence: number) => checks.heartbeat({ name, fence, leaseMilliseconds: 60_000, steps: [] });
      expect(await beat(lost.fence)).toBe(false);
      expect(await checks.complete({ name, fence: lost.fence, result: aResult() })).toBe(false);
      await checks.release({ name, fence: lost.fence });
      expect(await beat(kept.fence)).toBe(true);
      expect(await checks.complete({ name, fence: kept.fence, result: aResult() })).toBe(true);
      expect(await checks.complete({ name, fence: kept.fence, result: aResult() })).toBe(false);
    });

    test('keep the lease and the steps so far with each heartbeat', async () => {
      await using own = await on.fresh();
      const { checks } = own.store;
      const { account } = await withDestination(own.store);
      const { check, fence } = required((await checks.claim(aClaim({ leaseMilliseconds: 0 })))[0]);
      const { steps } = aResult();
      await checks.heartbeat({ name: check.name, fence, leaseMilliseconds: 60_000, steps });
      expect(await checks.claim(aClaim())).toEqual([]);
      expect(await checks.get(account.id, check.name)).toMatchObject({ status: 'running', steps });
    });

    test('end a check as failed after its third owner died', async () => {
      await using own = await on.fresh();
      const { checks, destinations } = own.store;
      const { account, destination } = await withDestination(own.store);
      const claim = () => checks.claim(aClaim({ leaseMilliseconds: 0 }));
      for (let owner = 0; owner < 3; owner += 1) expect(await claim()).toHaveLength(1);
      expect(await claim()).toEqual([]);
      expect(await checks.get(account.id, required(destination.checkJobName))).toMatchObject({
        status: 'failed',
        error: expect.stringContaining('3 times in a row'),
      });
      expect(await destinations.get(account.id, destination.id)).toMatchObject({
        lastCheck: { error: true },
        systemPausedAt: null,
      });
    });

    test('do not take a lapsed check again that newer settings have overtaken', async () => {
      await using own = await on.fresh();
      const { checks, destinations } = own.store;
      const { account, destination } = await withDestination(own.store);
      await checks.claim(aClaim({ leaseMilliseconds: 0 }));
      await destinations.update(anUpdate(destination));
      const [claimed, ...others] = await checks.claim(aClaim());
      expect(others).toEqual([]);
      expect(claimed?.check.revision).toBe(2);
      expect(await checks.list(account.id, destination.id, 10)).toMatchObject([
        { status: 'running' },
        { status: 'superseded', supersededBy: claimed?.check.name },
      ]);
    });

    test('that are given back wait again, as often as it happens', async () => {
      await using own = await on.fresh();
      const { checks } = own.store;
      const { account, destination } = await withDestination(own.store);
      for (let round = 0; round < 5; round += 1) {
        const { check, fence } = required((await checks.claim(aClaim()))[0]);
        await checks.release({ name: check.name, fence });
        expect(await checks.get(account.id, required(destination.checkJobName))).toMatchObject({
          status: 'waiting',
          startedAt: null,
        });
      }
    });

    test('that are given back make room for the check that waits already', async () => {
      await using own = await on.fresh();
      const { checks } = own.store;
      const { account, destination } = await withDestination(own.store);
      const { check, fence } = required((await checks.claim(aClaim()))[0]);
      const newer = await checks.request(account.id, destination.id, {
        uuid: randomUUID(),
        origin: 'requested',
      });
      await checks.release({ name: check.name, fence });
      expect(await checks.get(account.id, check.name)).toEqual(newer);
    });

    test('of several processes never meet, and fences only grow', async () => {
      await using own = await on.fresh();
      const { store } = own;
      await using second = await own.another();
      const account = await store.accounts.create(anAccount());
      const made = await Promise.all(
        Array.from({ length: 30 }, () => store.destinations.create(aDestination(account))),
      );
      const run = async (on: typeof store, owner: string) => {
        const names: string[] = [];
        for (;;) {
          const claimed = await on.checks.claim(aClaim({ owner, limit: 4 }));
          if (claimed.length === 0) return names;
          for (const { check, fence } of claimed) {
            names.push(check.name);
            expect(await on.checks.complete({ name: check.name, fence, result: aResult() })).toBe(true);
          }
        }
      };
      const names = await Promise.all([run(store, 'one'), run(second, 'two'), run(store, 'three')]);
      expect(names.flat().sort()).toEqual(made.map(({ checkJobName }) => checkJobName).sort());
    });

    test('are rung for, in this process and in others', async () => {
      await using own = await on.fresh();
      await using second = await own.another();
      const rung = (on: typeof own.store) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const leave = on.subscribe('checks', resolve);
        return promise.then(leave);
      };
      // Whoever has just begun to listen is rung for once anyway.
      await withDestination(own.store);
      const heard = [rung(own.store), rung(second)];
      const { account, destination } = await withDestination(own.store);
      await Promise.all(heard);
      const again = [rung(own.store), rung(second)];
      await second.destinations.delete({ accountId: account.id, id: destination.id, actor: 'cli' });
      await Promise.all(again);
    });
  });
}

/** Only where the store's clock can be set. */
export function claimsOverTime(on: StoreUnderTest): void {
  test('an overtaken check whose owner is gone keeps the newer one waiting for seconds, not for its lease', async () => {
    const clock = handClock();
    await using own = await on.fresh({ clock });
    const { checks, destinations } = own.store;
    const { destination } = await withDestination(own.store);
    await checks.claim(aClaim());
    clock.forward(1000);
    await destinations.update(anUpdate(destination));
    clock.forward(4000);
    expect(await checks.claim(aClaim())).toEqual([]);
    clock.forward(1000);
    expect(await checks.claim(aClaim())).toMatchObject([{ check: { revision: 2 } }]);
  });
}
