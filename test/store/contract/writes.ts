import { describe, expect, test } from 'vitest';
import {
  aDestination,
  anAccount,
  anUpdate,
  type StoreUnderTest,
  withDestination,
} from '../store-under-test.ts';

export function writeContract(on: StoreUnderTest): void {
  describe('writes that are committed together', () => {
    test('fail alone', async () => {
      const { accounts, destinations } = on.store();
      const account = await accounts.create(anAccount());
      const { id: taken } = await destinations.create(aDestination(account));
      const asked = Array.from({ length: 30 }, (_, at) =>
        destinations.create(aDestination(account, { id: at % 3 === 0 ? taken : null, name: `${at}` })),
      );
      const settled = await Promise.allSettled(asked);
      expect(settled.map(({ status }) => status === 'fulfilled')).toEqual(
        Array.from({ length: 30 }, (_, at) => at % 3 !== 0),
      );
      const names = (await destinations.list(account.id)).map(({ name }) => name);
      expect(names).toHaveLength(21);
    });

    test('fail alone when one of them is a bug', async () => {
      const { accounts, destinations } = on.store();
      const account = await accounts.create(anAccount());
      const twin = aDestination(account);
      await destinations.create(twin);
      const [good, bad, better] = await Promise.allSettled([
        destinations.create(aDestination(account)),
        destinations.create(aDestination(account, { uid: twin.uid })),
        destinations.create(aDestination(account)),
      ]);
      expect([good?.status, better?.status]).toEqual(['fulfilled', 'fulfilled']);
      expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'Bug' } });
    });

    test('are seen by every read that follows their answer', async () => {
      const { destinations } = on.store();
      const { account, destination } = await withDestination(on.store());
      let current = destination;
      for (let round = 0; round < 50; round += 1) {
        const updated = await destinations.update(anUpdate(current));
        expect(await destinations.get(account.id, destination.id)).toEqual(updated);
        if (updated !== null && updated !== 'conflict') current = updated;
      }
    });
  });

  test('a store that was opened again has everything', async () => {
    await using own = await on.fresh();
    const { account, destination } = await withDestination(own.store);
    await own.store[Symbol.asyncDispose]();
    await expect(own.store.destinations.delete({ accountId: 1, id: 1, actor: 'cli' })).rejects.toMatchObject({
      code: 'StoreUnavailable',
    });
    await using again = await own.another();
    expect(await again.destinations.get(account.id, destination.id)).toEqual(destination);
  });
}
