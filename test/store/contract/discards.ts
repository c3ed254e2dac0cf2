import { describe, expect, test } from 'vitest';
import {
  accept,
  anOutcome,
  aPlan,
  aStreamError,
  backlogOf,
  idsOf,
  withSource,
} from '../records-under-test.ts';
import { required, type StoreUnderTest } from '../store-under-test.ts';

export function discardContract(on: StoreUnderTest): void {
  describe('a batch that is to be discarded', () => {
    test('and was never loaded is gone at once, and those planned with it are planned anew', async () => {
      await using own = await on.fresh();
      const { loads, batches, sources } = own.store;
      const { source } = await withSource(own.store);
      const [first = '', second = ''] = await accept(own.store, source, 2);
      const { accountId, id } = source;
      expect(await batches.discard(accountId, id, first)).toEqual({ kind: 'not_waiting', state: 'ready' });
      await sources.update({ accountId, id, pausedAt: Date.now() });
      expect(await batches.discard(accountId, id, first)).toMatchObject({
        kind: 'discarded',
        batch: { id: first, rawBytes: 100 },
      });
      expect(await batches.discard(accountId, id, first)).toEqual({ kind: 'unknown' });
      expect(await batches.discard(accountId + 1, id, second)).toEqual({ kind: 'unknown' });
      await sources.update({ accountId, id, pausedAt: null });
      expect(idsOf(required((await loads.plan(aPlan()))[0]))).toEqual([second]);
      expect(await batches.discard(accountId, id, second)).toEqual({ kind: 'not_waiting', state: 'loading' });
    });

    test('and may stand in the destination is left to whoever carries its load next', async () => {
      await using own = await on.fresh();
      const { loads, batches } = own.store;
      const { source } = await withSource(own.store);
      const [bad = '', good = ''] = await accept(own.store, source, 2);
      const begun = required((await loads.plan(aPlan()))[0]);
      const retryAt = Date.now() + 60_000;
      await loads.fail({ ...begun, error: aStreamError(), blocked: true, retryAt });
      expect(await batches.discard(source.accountId, source.id, bad)).toMatchObject({ kind: 'asked' });

      const again = required((await loads.plan(aPlan()))[0]);
      expect(again).toMatchObject({
        loadId: begun.loadId,
        batches: [
          { id: bad, isUnwanted: true },
          { id: good, isUnwanted: false },
        ],
      });
      expect(await loads.discardAsked(begun)).toEqual([]);
      expect(await loads.discardAsked(again)).toMatchObject([{ id: bad, records: expect.any(Number) }]);
      expect(await loads.complete(anOutcome(again))).toBe(false);
      const left = required((await loads.plan(aPlan()))[0]);
      expect(idsOf(left)).toEqual([good]);
      expect(left.loadId).not.toBe(begun.loadId);
      await loads.complete(anOutcome(left));
      expect(await backlogOf(own.store)).toEqual({});
    });

    test('and was quarantined is counted no more', async () => {
      await using own = await on.fresh();
      const { loads, batches } = own.store;
      const { source } = await withSource(own.store);
      const [bad = ''] = await accept(own.store, source, 1);
      const load = required((await loads.plan(aPlan()))[0]);
      await loads.quarantine({ ...load, batchIds: [bad], error: 'It is damaged.' });
      expect(await batches.discard(source.accountId, source.id, bad)).toMatchObject({ kind: 'discarded' });
      expect(await backlogOf(own.store)).toEqual({});
      expect(await batches.list(source.accountId, source.id, { limit: 10 })).toEqual([]);
    });
  });
}
