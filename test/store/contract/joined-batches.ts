import { describe, expect, test } from 'vitest';
import type { NewBatch } from '../../../src/store/load-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { aBatch, aBody, backlogOf, withSource } from '../records-under-test.ts';
import type { StoreUnderTest } from '../store-under-test.ts';
import { readBody } from './batches.ts';

/** Sends each in a body of its own, all at the same moment; what became of each. */
async function sendTogether({ batches }: Store, sent: readonly NewBatch[], bytes = 100): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(sent.map((batch) => batches.append(batch, aBody(bytes))));
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.code));
}

export function joinedBatchContract(on: StoreUnderTest): void {
  describe('small bodies that come together', () => {
    test('are accepted or refused each by itself', async () => {
      await using own = await on.fresh();
      const { account, source } = await withSource(own.store);
      const { source: neighbour } = await withSource(own.store);
      const sent = [
        aBatch(source, { table: 'b' }),
        aBatch({ ...source, id: source.id + 1_000 }),
        aBatch(source, { table: 'a' }),
        aBatch(source, { budget: { accountBytes: 150, totalBytes: 1_000 } }),
        aBatch(neighbour, { table: 'a' }),
        aBatch(source, { table: 'b' }),
      ];
      expect(await sendTogether(own.store, sent)).toEqual([
        'accepted',
        'InvalidId',
        'accepted',
        'Overloaded',
        'accepted',
        'accepted',
      ]);
      expect(await backlogOf(own.store)).toEqual({ ready: [4, 400] });
      const listed = await own.store.batches.list(account.id, source.id, { table: 'b', limit: 10 });
      expect(listed.map(({ id }) => id)).toEqual([sent[5]?.id, sent[0]?.id]);
      const body = aBody();
      const last = aBatch(source);
      await Promise.all([own.store.batches.append(last, body), sendTogether(own.store, [aBatch(source)])]);
      expect(body.equals(await readBody(own.store, last.id))).toBe(true);
    });

    test('do not suffer from one that cannot be stored', async () => {
      await using own = await on.fresh();
      const { source } = await withSource(own.store);
      const twice = aBatch(source);
      const sent = [aBatch(source), aBatch(source, { table: 'half \ud800' }), aBatch(source)];
      expect(await sendTogether(own.store, sent)).toEqual(['accepted', 'InvalidBody', 'accepted']);
      const outcomes = await sendTogether(own.store, [aBatch(source), twice, twice]);
      expect(outcomes).toEqual(['accepted', 'accepted', undefined]);
      expect(await backlogOf(own.store)).toEqual({ ready: [4, 400] });
    });

    test('take up the room that is left in their order', async () => {
      await using own = await on.fresh();
      const [one, two] = [await withSource(own.store), await withSource(own.store)];
      const budget = { accountBytes: 250, totalBytes: 400 };
      const sent = [one, one, one, two, two, two].map(({ source }) => aBatch(source, { budget }));
      expect(await sendTogether(own.store, sent)).toEqual([
        'accepted',
        'accepted',
        'Overloaded',
        'accepted',
        'accepted',
        'Overloaded',
      ]);
    });
  });
}
