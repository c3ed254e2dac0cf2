import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { LoadResult } from '../../../src/model/load-result.ts';
import { accept, anOutcome, aPlan, aStreamError, withSource } from '../records-under-test.ts';
import {
  aDestination,
  anAccount,
  anUpdate,
  handClock,
  required,
  type StoreUnderTest,
} from '../store-under-test.ts';

/** What those who watch an account are told. */
export function latelyContract(on: StoreUnderTest): void {
  describe('what happened lately', () => {
    const claim = { owner: 'one', limit: 10, leaseMilliseconds: 60_000, defaultPerMinute: 60 };
    const lately = { since: 0, limit: 100 };

    test('in checks: those under way with their steps, and those that ended', async () => {
      await using own = await on.fresh();
      const { accounts, destinations, checks, events } = own.store;
      const account = await accounts.create(anAccount());
      const destination = await destinations.create(aDestination(account));
      const wanted = { accountId: account.id, ...lately };
      const [{ check, fence } = { check: { name: '' }, fence: 0 }] = await checks.claim(claim);
      const step = {
        name: 'connect',
        status: 'passed',
        milliseconds: 1,
        message: 'Fine.',
        remedy: null,
        code: null,
      } as const;
      await checks.heartbeat({ name: check.name, fence, leaseMilliseconds: 60_000, steps: [step] });
      expect(await events.lately(wanted)).toMatchObject({
        running: [{ name: check.name, destinationId: destination.id, steps: [step] }],
        ended: [],
      });
      const times = { startedAt: 1, completedAt: 2 };
      const result = {
        uuid: randomUUID(),
        origin: 'saved',
        failed: false,
        refused: false,
        error: null,
      } as const;
      await checks.complete({
        name: check.name,
        fence,
        result: { ...result, ...times, steps: [step], hostKeys: [] },
      });
      expect(await events.lately(wanted)).toMatchObject({
        running: [],
        ended: [{ name: check.name, status: 'succeeded', steps: [step] }],
      });
    });

    test('in loads: planned, loaded with what they rejected and changed, failed', async () => {
      await using own = await on.fresh();
      const { loads, events } = own.store;
      const { account, destination, source } = await withSource(own.store);
      const wanted = { accountId: account.id, ...lately };
      const [batchId = ''] = await accept(own.store, source, 1);
      const load = required((await loads.plan(aPlan()))[0]);
      const ofTable = { sourceId: source.id, sourceName: source.name, table: 'orders' };
      const ofLoad = {
        ...ofTable,
        loadId: load.loadId,
        destinationId: destination.id,
        batches: 1,
        bytes: 100,
      };
      expect(await events.lately(wanted)).toMatchObject({ planned: [ofLoad], loaded: [], failed: [] });

      const failure = { error: aStreamError(), blocked: true, retryAt: 1 };
      await loads.fail({ loadId: load.loadId, fence: load.fence, ...failure });
      const { planned, failed } = await events.lately(wanted);
      expect(planned).toEqual([]);
      expect(failed).toEqual([{ ...ofTable, ...failure, at: expect.any(Number) }]);

      const again = required((await loads.plan(aPlan()))[0]);
      const result: LoadResult = {
        tables: [],
        rejections: [
          { batchId, position: 0, table: 'orders', reason: 'too big', kind: 'record' },
          { batchId, position: 1, table: 'orders', reason: 'too long', kind: 'column' },
        ],
        schemaChanges: [
          { table: 'orders', kind: 'table_created', before: null, after: 'id bigint', dependentViews: ['v'] },
        ],
      };
      await loads.complete(anOutcome(again, { rowsRejected: 1, result }));
      const done = await events.lately(wanted);
      expect(done).toMatchObject({
        planned: [],
        failed: [],
        loaded: [{ ...ofLoad, rowsLoaded: 1, rowsRejected: 1, droppedAsOlder: 0, tables: [] }],
        tableChanges: [
          { kind: 'table_created', after: 'id bigint', dependentViews: ['v'], loadId: load.loadId },
        ],
        more: false,
      });
      const ofBatch = { ...ofTable, loadId: load.loadId, batchId };
      expect(done.rejected).toHaveLength(2);
      expect(done.rejected).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ ...ofBatch, records: 1, values: 0, reason: 'too big' }),
          expect.objectContaining({ ...ofBatch, records: 0, values: 1, reason: 'too long' }),
        ]),
      );
    });

    test('in destinations: which properties changed, and that one was deleted', async () => {
      const { accounts, destinations, events } = on.store();
      const account = await accounts.create(anAccount());
      const made = await destinations.create(aDestination(account));
      const changes = [{ property: 'password' }, { property: 'host', from: 'a', to: 'b' }];
      await destinations.update(anUpdate(made, { changes }));
      await destinations.delete({ accountId: account.id, id: made.id, actor: 'cli' });
      const { destinationChanges } = await events.lately({ accountId: account.id, ...lately });
      expect([...destinationChanges].sort((one, other) => one.number - other.number)).toMatchObject([
        { destinationId: made.id, number: 1, action: 'created', revision: 1 },
        { number: 2, action: 'updated', revision: 2, properties: ['password', 'host'] },
        { number: 3, action: 'deleted', actor: 'cli' },
      ]);
    });

    test('is of the account, since the time and up to the number that was asked for', async () => {
      const clock = handClock();
      await using own = await on.fresh({ clock });
      const { accounts, destinations, events } = own.store;
      const [account, other] = [await accounts.create(anAccount()), await accounts.create(anAccount())];
      for (const each of [account, account, other]) await destinations.create(aDestination(each));
      const { destinationChanges, now } = await events.lately({ accountId: account.id, ...lately });
      expect(destinationChanges).toHaveLength(2);
      const limited = await events.lately({ accountId: account.id, since: 0, limit: 1 });
      expect(limited).toMatchObject({ more: true });
      expect(limited.destinationChanges).toHaveLength(1);
      const later = await events.lately({ accountId: account.id, since: now + 60_000, limit: 100 });
      expect(later.destinationChanges).toEqual([]);
    });
  });
}
