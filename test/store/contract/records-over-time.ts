import { expect, test } from 'vitest';
import { aBatch, aBody, accept, anOutcome, aPlan, aStreamError, withSource } from '../records-under-test.ts';
import { handClock, required, type StoreUnderTest } from '../store-under-test.ts';

const day = 24 * 60 * 60_000;

/** Where the test moves the store's clock, which only the embedded store lets it. */
export function recordsOverTime(on: StoreUnderTest): void {
  test('the key of a batch is free again after a day', async () => {
    const clock = handClock();
    await using own = await on.fresh({ clock });
    const { source } = await withSource(own.store);
    const idempotency = { keyHash: 'key', bodyHash: 'body' };
    const send = () => own.store.batches.append(aBatch(source, { idempotency }), aBody());
    expect(await send()).toBe('accepted');
    clock.forward(day - 1_000);
    expect(await send()).toBe('replayed');
    clock.forward(2_000);
    expect(await send()).toBe('accepted');
  });

  test('a lease ends when it is not kept, a rest when its time has come', async () => {
    const clock = handClock();
    await using own = await on.fresh({ clock });
    const { loads } = own.store;
    const { source } = await withSource(own.store);
    await accept(own.store, source, 1);
    const plan = (owner: string) => loads.plan(aPlan({ owner, leaseMilliseconds: 10_000 }));
    const first = required((await plan('one'))[0]);
    clock.forward(9_000);
    expect(await plan('two')).toEqual([]);
    expect(await loads.heartbeat({ ...first, leaseMilliseconds: 10_000 })).toBe(true);
    clock.forward(9_000);
    expect(await plan('two')).toEqual([]);
    clock.forward(1_000);
    const second = required((await plan('two'))[0]);
    expect(second).toEqual({ ...first, fence: 2, crashes: 1, attempt: 1 });

    const retryAt = clock.now() + 5_000;
    await loads.fail({ ...second, error: aStreamError(), blocked: false, retryAt });
    clock.forward(4_999);
    expect(await plan('one')).toEqual([]);
    clock.forward(1);
    expect(await plan('one')).toMatchObject([
      { loadId: first.loadId, attempt: 2, batchedAt: first.batchedAt },
    ]);
  });

  test('a table is shown for 60 days after its last load', async () => {
    const clock = handClock();
    await using own = await on.fresh({ clock });
    const { loads } = own.store;
    const { account, source } = await withSource(own.store);
    await accept(own.store, source, 1);
    await loads.complete(anOutcome(required((await loads.plan(aPlan()))[0])));
    clock.forward(60 * day);
    expect(await loads.streams(account.id)).toMatchObject([{ table: 'orders' }]);
    clock.forward(1);
    expect(await loads.streams(account.id)).toEqual([]);
  });

  test('what was loaded is kept for as long as asked for', async () => {
    const clock = handClock();
    await using own = await on.fresh({ clock });
    const { loads, spool } = own.store;
    const { source } = await withSource(own.store);
    for (let round = 0; round < 3; round += 1) {
      await accept(own.store, source, 1);
      await loads.complete(anOutcome(required((await loads.plan(aPlan()))[0])));
      clock.forward(day);
    }
    const retain = () => loads.retain({ olderThan: clock.now() - 2 * day, maxBytes: 1_000_000 });
    expect(await retain()).toMatchObject({ droppedBatches: 1, more: false });
    expect(await retain()).toMatchObject({ droppedBatches: 0, more: false });
    expect(await spool.usage()).toMatchObject({ batches: 2 });
  });
}
