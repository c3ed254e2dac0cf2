import { describe, expect, test } from 'vitest';
import { newestVersion } from '../../../src/store/migrations/migrations.ts';
import { anAccount, handClock, type StoreUnderTest } from '../store-under-test.ts';

export function smallAggregateContract(on: StoreUnderTest): void {
  test('partners are put, replaced, found, listed and removed', async () => {
    await using own = await on.fresh();
    const { partners } = own.store;
    await partners.put({ id: 'p1', name: 'One', secretHash: 'a' });
    await partners.put({ id: 'p2', name: 'Two', secretHash: 'b' });
    await partners.put({ id: 'p1', name: 'Uno', secretHash: 'c' });
    expect(await partners.find('p1')).toEqual({ id: 'p1', name: 'Uno', secretHash: 'c' });
    expect(await partners.list()).toMatchObject([{ name: 'Uno' }, { name: 'Two' }]);
    expect(await partners.remove('p1')).toBe(true);
    expect(await partners.remove('p1')).toBe(false);
    expect(await partners.find('p1')).toBeNull();
  });

  test('what users see of a partner is changed piece by piece, and stays when its secret is replaced', async () => {
    await using own = await on.fresh();
    const { partners } = own.store;
    await partners.put({ id: 'p1', name: 'One', secretHash: 'a' });
    expect(await partners.branding('p1')).toEqual({ name: 'One', logoHash: null, returnUrl: null });
    const logo = { type: 'image/png', base64: 'AAAA', hash: 'b' } as const;
    expect(await partners.brand('p1', { logo })).toBe(true);
    expect(await partners.brand('p1', { returnUrl: 'https://one.example/' })).toBe(true);
    await partners.put({ id: 'p1', name: 'Uno', secretHash: 'c' });
    expect(await partners.branding('p1')).toEqual({
      name: 'Uno',
      logoHash: 'b',
      returnUrl: 'https://one.example/',
    });
    expect(await partners.logo('p1')).toEqual(logo);
    expect(await partners.list()).toMatchObject([
      { logoType: 'image/png', returnUrl: 'https://one.example/' },
    ]);
    await partners.brand('p1', { name: 'One', logo: null, returnUrl: null });
    expect(await partners.branding('p1')).toEqual({ name: 'One', logoHash: null, returnUrl: null });
    expect([await partners.logo('p1'), await partners.logo('p2'), await partners.branding('p2')]).toEqual([
      null,
      null,
      null,
    ]);
    expect(await partners.brand('p2', { name: 'Two' })).toBe(false);
  });

  describe('leases', () => {
    test('belong to one owner at a time, and their fence grows with each owner', async () => {
      const { leases } = on.store();
      expect(await leases.acquire('lane', 'one', 60_000)).toEqual({ fence: 1 });
      expect(await leases.acquire('lane', 'two', 60_000)).toBeNull();
      expect(await leases.acquire('lane', 'one', 60_000)).toEqual({ fence: 1 });
      await leases.release('lane', 'two', 1);
      expect(await leases.acquire('lane', 'two', 60_000)).toBeNull();
      await leases.release('lane', 'one', 1);
      expect(await leases.acquire('lane', 'two', 60_000)).toEqual({ fence: 2 });
      expect(await leases.renew('lane', 'one', 1, 60_000)).toBe(false);
      expect(await leases.renew('lane', 'two', 2, 60_000)).toBe(true);
    });

    test('that ran out go to the next who asks', async () => {
      const { leases } = on.store();
      await leases.acquire('short', 'one', 0);
      expect(await leases.acquire('short', 'two', 60_000)).toEqual({ fence: 2 });
      expect(await leases.renew('short', 'one', 1, 60_000)).toBe(false);
    });

    test('go to one of many who ask at once', async () => {
      const { leases } = on.store();
      const asked = Array.from({ length: 20 }, (_, at) => leases.acquire('crowd', `owner ${at}`, 60_000));
      expect((await Promise.all(asked)).filter((lease) => lease !== null)).toEqual([{ fence: 1 }]);
    });
  });

  describe('idempotency keys', () => {
    const answer = { status: 200, headers: { etag: '"1"' }, body: '{"id":1}' };

    test('are reserved once and then give the stored answer', async () => {
      const { accounts, idempotency } = on.store();
      const [{ id }, other] = [await accounts.create(anAccount()), await accounts.create(anAccount())];
      expect(await idempotency.begin(id, 'key', 'body')).toBe('mine');
      expect(await idempotency.begin(id, 'key', 'body')).toBe('in_flight');
      expect(await idempotency.begin(id, 'key', 'other')).toBe('other_body');
      expect(await idempotency.begin(other.id, 'key', 'other')).toBe('mine');
      await idempotency.finish(id, 'key', answer);
      expect(await idempotency.begin(id, 'key', 'body')).toEqual(answer);
      expect(await idempotency.begin(id, 'key', 'other')).toBe('other_body');
    });

    test('may be used again when the first request stored nothing', async () => {
      const { accounts, idempotency } = on.store();
      const { id } = await accounts.create(anAccount());
      await idempotency.begin(id, 'key', 'body');
      await idempotency.abandon(id, 'key');
      expect(await idempotency.begin(id, 'key', 'other')).toBe('mine');
      await idempotency.finish(id, 'key', answer);
      await idempotency.abandon(id, 'key');
      expect(await idempotency.begin(id, 'key', 'other')).toEqual(answer);
    });

    test('go to one of many who come at once', async () => {
      const { accounts, idempotency } = on.store();
      const { id } = await accounts.create(anAccount());
      const asked = Array.from({ length: 20 }, () => idempotency.begin(id, 'crowd', 'body'));
      expect((await Promise.all(asked)).filter((state) => state === 'mine')).toHaveLength(1);
    });
  });

  test('the store says how it is', async () => {
    expect(await on.store().ping()).toMatchObject({
      milliseconds: expect.any(Number),
      version: newestVersion,
    });
  });
}

/** Where the test moves the store's clock, which only the embedded store lets it. */
export function idempotencyOverTime(on: StoreUnderTest): void {
  test('a reservation without an answer is free after a minute, an answer after a day', async () => {
    const clock = handClock();
    await using own = await on.fresh({ clock });
    const { accounts, idempotency } = own.store;
    const { id } = await accounts.create(anAccount());
    await idempotency.begin(id, 'key', 'body');
    clock.forward(59_000);
    expect(await idempotency.begin(id, 'key', 'body')).toBe('in_flight');
    clock.forward(2_000);
    expect(await idempotency.begin(id, 'key', 'other')).toBe('mine');
    await idempotency.finish(id, 'key', { status: 200, headers: {}, body: '' });
    clock.forward(23 * 3_600_000);
    expect(await idempotency.begin(id, 'key', 'other')).toMatchObject({ status: 200 });
    clock.forward(2 * 3_600_000);
    expect(await idempotency.begin(id, 'key', 'third')).toBe('mine');
  });
}
