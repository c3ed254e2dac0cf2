import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { until } from '../../support/embedded-postgres.ts';
import {
  aBatch,
  aBody,
  accept,
  anOutcome,
  aPlan,
  aSource,
  backlogOf,
  withSource,
} from '../records-under-test.ts';
import { required, type StoreUnderTest } from '../store-under-test.ts';

export async function readBody(store: Store, batchId: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of store.spool.read(batchId)) parts.push(part);
  return Buffer.concat(parts);
}

export function batchContract(on: StoreUnderTest): void {
  describe('batches', () => {
    test('are accepted with their payload, and counted at once', async () => {
      await using own = await on.fresh();
      const { batches } = own.store;
      const { account, source } = await withSource(own.store);
      const batch = aBatch(source, { table: 'Orders!', format: 'push', records: 7 });
      const body = aBody(2_500_000);
      expect(await batches.append(batch, body)).toBe('accepted');
      expect(body.equals(await readBody(own.store, batch.id))).toBe(true);
      expect(await batches.list(account.id, source.id, { limit: 10 })).toEqual([
        {
          id: batch.id,
          table: 'Orders!',
          state: 'ready',
          records: 7,
          rawBytes: 2_500_000,
          receivedAt: expect.any(Number),
          lastError: null,
          waitsFor: null,
          retryAt: null,
          load: null,
        },
      ]);
      expect(await backlogOf(own.store)).toEqual({ ready: [1, 2_500_000] });
      await accept(own.store, source, 2);
      expect(await backlogOf(own.store)).toEqual({ ready: [3, 2_500_200] });
    });

    test('of the same id are a bug, and leave the first as it was', async () => {
      await using own = await on.fresh();
      const { source } = await withSource(own.store);
      const batch = aBatch(source);
      await own.store.batches.append(batch, Buffer.from('first'));
      await expect(own.store.batches.append(batch, Buffer.from('second'))).rejects.toMatchObject({
        name: 'Bug',
      });
      expect((await readBody(own.store, batch.id)).toString()).toBe('first');
      expect(await backlogOf(own.store)).toEqual({ ready: [1, 5] });
    });

    test('with a key that was used are not stored again', async () => {
      await using own = await on.fresh();
      const { batches, sources } = own.store;
      const { account, source } = await withSource(own.store);
      const idempotency = { keyHash: 'key', bodyHash: 'body' };
      const send = (of = source, key = idempotency) =>
        batches.append(aBatch(of, { idempotency: key }), aBody());
      const answers = await Promise.all([send(), send(), send()]);
      expect(answers.toSorted()).toEqual(['accepted', 'replayed', 'replayed']);
      expect(await send(source, { ...idempotency, bodyHash: 'other' })).toBe('other_body');
      expect(await backlogOf(own.store)).toEqual({ ready: [1, 100] });
      expect(await send(await sources.create(aSource(account)))).toBe('accepted');
    });

    test('over a budget are refused and leave nothing, their key included', async () => {
      await using own = await on.fresh();
      const { batches, loads } = own.store;
      const [one, two] = [await withSource(own.store), await withSource(own.store)];
      const budget = { accountBytes: 250, totalBytes: 400 };
      const send = (
        { source }: typeof one,
        idempotency = null as { keyHash: string; bodyHash: string } | null,
      ) => batches.append(aBatch(source, { budget, idempotency }), aBody());
      await send(one);
      await send(one);
      const key = { keyHash: 'key', bodyHash: 'body' };
      await expect(send(one, key)).rejects.toMatchObject({
        code: 'Overloaded',
        message: expect.stringContaining('of this account'),
      });
      await send(two);
      await send(two);
      const third = await withSource(own.store);
      await expect(send(third)).rejects.toMatchObject({
        message: expect.stringContaining('of all accounts'),
      });
      expect(await backlogOf(own.store)).toEqual({ ready: [4, 400] });
      const load = required((await loads.plan(aPlan({ limit: 1 })))[0]);
      await loads.complete(anOutcome(load));
      expect(await send(one, key)).toBe('accepted');
      expect(await send(one, key)).toBe('replayed');
    });

    test('are listed newest first, by table and by what they are doing', async () => {
      await using own = await on.fresh();
      const { batches, loads, sources } = own.store;
      const { account, source } = await withSource(own.store);
      const [a, b, c] = await accept(own.store, source, 3);
      const [d] = await accept(own.store, source, 1, { table: 'people' });
      const [load] = await loads.plan(aPlan({ limit: 1, maxBatches: 1 }));
      await loads.complete(anOutcome(required(load)));
      await loads.plan(aPlan({ limit: 1, maxBatches: 1 }));
      const states = async (filter: Parameters<typeof batches.list>[2]) =>
        (await batches.list(account.id, source.id, filter)).map(({ id, state }) => [id, state]);
      const all = await states({ limit: 10 });
      expect(all.map(([id]) => id)).toEqual([d, c, b, a]);
      expect(all.map(([, state]) => state).toSorted()).toEqual(['loaded', 'loading', 'ready', 'ready']);
      expect(all.at(-1)).toEqual([a, 'loaded']);
      expect(await states({ limit: 10, state: 'loaded' })).toEqual([[a, 'loaded']]);
      expect((await states({ limit: 10, table: 'people' })).map(([id]) => id)).toEqual([d]);
      expect((await states({ limit: 2, table: 'orders' })).map(([id]) => id)).toEqual([c, b]);
      await sources.update({ accountId: account.id, id: source.id, pausedAt: 1 });
      expect(await states({ limit: 10, state: 'ready' })).toEqual([]);
      expect(await states({ limit: 10, state: 'blocked' })).toHaveLength(2);
    });

    test('ring for the loader, in this process and in others', async () => {
      await using own = await on.fresh();
      await using other = await own.another();
      const { source } = await withSource(own.store);
      let [here, there] = [0, 0];
      own.store.subscribe('loads', () => {
        here += 1;
      });
      other.subscribe('loads', () => {
        there += 1;
      });
      await until(async () => {
        await accept(own.store, source, 1);
        if (here === 0 || there === 0) throw new Error('nobody has heard of the batch');
      });
    });
  });
}
