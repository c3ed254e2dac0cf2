import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { aLoadResult, aTurn, bodies, counts, fail, hookRoom, hour, load } from '../hooks-under-test.ts';
import { accept, aPlan } from '../records-under-test.ts';
import { aClaim, aFailure, aResult, required, type StoreUnderTest } from '../store-under-test.ts';

export function hookNewsContract(on: StoreUnderTest): void {
  describe('news', () => {
    test('of a failure come once in an hour with what was held back, and of its end only after it', async () => {
      await using own = await hookRoom(on);
      const { store, source } = own;
      await own.hook({ type: 'load_failed' });
      await own.hook({ type: 'load_recovered' });
      const news = async () => {
        const claimed = await store.hooks.claim(aTurn());
        for (const { id, fence } of claimed)
          await store.hooks.settle({ id, fence, status: 200, error: null, retryIn: null });
        return bodies(claimed).map(({ type, held_back }) => [type, held_back]);
      };
      await load(store, own.mapped);
      expect(await news()).toEqual([]);
      await accept(store, source, 1);
      await fail(store);
      for (let at = 0; at < 3; at += 1) await fail(store);
      expect(await news()).toEqual([['load_failed', 0]]);
      await own.forward(hour);
      await fail(store);
      expect(await news()).toEqual([['load_failed', 3]]);
      await load(store, own.mapped);
      await load(store, own.mapped);
      expect(await news()).toEqual([['load_recovered', 0]]);
    });

    test('of a failure that may pass come when its repetition failed too', async () => {
      await using own = await hookRoom(on);
      const { store, source } = own;
      const hook = await own.hook({ type: 'load_failed' });
      await accept(store, source, 1);
      await fail(store, false);
      expect(await counts(store, hook)).toEqual([]);
      await fail(store, false);
      const [claimed] = await store.hooks.claim(aTurn());
      expect(bodies([required(claimed)])).toMatchObject([
        {
          type: 'load_failed',
          source: { id: source.id, name: source.name },
          table: 'orders',
          message: 'The destination is down.',
          remedy: 'Start it.',
          examples: [{ code: '57P01' }],
        },
      ]);
    });

    test('of rejected records and of changed tables say what and how many', async () => {
      await using own = await hookRoom(on);
      const { store, destination } = own;
      await own.hook({ type: 'records_rejected' });
      await own.hook({ type: 'schema_changed' });
      const rejection = { batchId: 'b', table: 'orders', reason: 'Too long.', kind: 'record' } as const;
      const change = { table: 'orders', kind: 'column_split', before: 'a integer', after: 'a__bi' } as const;
      const result = aLoadResult({
        rejections: [0, 1].map((position) => ({ ...rejection, position })),
        schemaChanges: [{ ...change, dependentViews: ['reports.daily'] }],
      });
      await load(store, own.mapped, result);
      const { dependentViews, ...shown } = { ...change, dependentViews: ['reports.daily'] };
      expect(bodies(await store.hooks.claim(aTurn()))).toMatchObject([
        {
          type: 'records_rejected',
          destination: { id: destination.id, name: destination.name },
          counts: { rows_loaded: 1, records: 2, values: 0, reasons: 1 },
          examples: [{ reason: 'Too long.', kind: 'record', count: 2, batch_id: 'b', position: 0 }],
        },
        { type: 'schema_changed', examples: [{ ...shown, dependent_views: dependentViews }] },
      ]);
    });

    test('of a failed check name its step, and those of overtaken settings are not told', async () => {
      await using own = await hookRoom(on);
      const { store } = own;
      await own.hook({ type: 'check_failed' });
      const [claimed] = await store.checks.claim(aClaim());
      const { check, fence } = required(claimed);
      const step = { name: 'sign_in', status: 'failed', milliseconds: 1, code: 'wrong_password' } as const;
      const steps = [{ ...step, message: 'The password is wrong.', remedy: 'Set the right one.' }];
      await store.checks.complete({ name: check.name, fence, result: aFailure({ steps }) });
      expect(bodies(await store.hooks.claim(aTurn()))).toMatchObject([
        {
          type: 'check_failed',
          check: check.name,
          source: null,
          table: null,
          message: 'The password is wrong.',
          remedy: 'Set the right one.',
          examples: [{ step: 'sign_in', code: 'wrong_password' }],
        },
      ]);
      const { accountId, destinationId } = { ...check, destinationId: required(check.destinationId) };
      await store.checks.request(accountId, destinationId, { uuid: randomUUID(), origin: 'requested' });
      const [second] = await store.checks.claim(aClaim());
      const { name, ...again } = { name: required(second).check.name, fence: required(second).fence };
      await store.checks.complete({ name, ...again, result: aResult() });
      expect(await store.hooks.claim(aTurn())).toEqual([]);
    });

    test('of batches that were set aside count as a failure', async () => {
      await using own = await hookRoom(on);
      const { store, source } = own;
      await own.hook({ type: 'load_failed' });
      const batchIds = await accept(store, source, 1);
      const [planned] = await store.loads.plan(aPlan());
      const { loadId, fence } = required(planned);
      await store.loads.quarantine({ loadId, fence, batchIds, error: 'Its bytes are damaged.' });
      expect(bodies(await store.hooks.claim(aTurn()))).toMatchObject([
        { type: 'load_failed', counts: { quarantined_batches: 1 }, examples: [{ batch_id: batchIds[0] }] },
      ]);
    });
  });
}
