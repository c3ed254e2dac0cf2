import { describe, expect, test } from 'vitest';
import type { LoadResult, Rejection } from '../../../src/model/load-result.ts';
import { aBatch, aBody, accept, anOutcome, aPlan, withSource } from '../records-under-test.ts';
import { required, type StoreUnderTest } from '../store-under-test.ts';

const table = (source: string): LoadResult['tables'][number] => ({
  source,
  destination: source,
  rowsLoaded: 1,
  rowsRejected: 2,
  droppedAsOlder: 0,
  older: null,
  primaryKeys: ['id'],
});

const rejection = (batchId: string, position: number, parts: Partial<Rejection> = {}): Rejection => ({
  batchId,
  position,
  table: 'orders',
  reason: 'too big',
  kind: 'record',
  ...parts,
});

export function loadResultContract(on: StoreUnderTest): void {
  describe('the activity of an account', () => {
    test('counts loads in steps of time, and what waits, by table', async () => {
      await using own = await on.fresh();
      const { loads } = own.store;
      const { account, source } = await withSource(own.store);
      const filter = { since: 0, stepMilliseconds: 86_400_000 };
      expect(await loads.activity(account.id, filter)).toEqual({ points: [], tables: [] });
      await accept(own.store, source, 2, { table: 'orders' });
      const load = required((await loads.plan(aPlan({ maxBatches: 1 })))[0]);
      const waiting = await loads.activity(account.id, filter);
      expect(waiting.tables).toMatchObject([
        { table: 'orders', loads: 0, batchesWaiting: 2, lastLoadedAt: null },
      ]);
      expect(waiting.tables[0]?.waitingSince).toBe(load.batches[0]?.receivedAt);
      await loads.complete(anOutcome(load, { rowsLoaded: 5, rowsRejected: 1 }));
      await accept(own.store, source, 1, { table: 'customers' });

      const { points, tables } = await loads.activity(account.id, filter);
      expect(points).toEqual([{ at: expect.any(Number), loads: 1, rowsLoaded: 5, rowsRejected: 1 }]);
      expect(points[0]!.at % 86_400_000).toBe(0);
      expect(tables).toMatchObject([
        { table: 'customers', loads: 0, rowsLoaded: 0, batchesWaiting: 1, waitingSince: expect.any(Number) },
        { table: 'orders', loads: 1, rowsLoaded: 5, rowsRejected: 1, batchesWaiting: 1, error: null },
      ]);
      const one = await loads.activity(account.id, { ...filter, sourceId: source.id, table: 'customers' });
      expect([one.points, one.tables.map(({ table }) => table)]).toEqual([[], ['customers']]);
      expect(await loads.activity(account.id, { ...filter, sourceId: source.id + 1 })).toEqual({
        points: [],
        tables: [],
      });
    });
  });

  describe('results of loads', () => {
    test('stand with the load: tables, rejections by batch, changes of tables', async () => {
      await using own = await on.fresh();
      const { batches, loads, rejections } = own.store;
      const { account, source, destination } = await withSource(own.store);
      const [one = '', two = ''] = await accept(own.store, source, 2);
      const load = required((await loads.plan(aPlan()))[0]);
      const changes: LoadResult['schemaChanges'] = [
        { table: 'orders', kind: 'table_created', before: null, after: 'id bigint', dependentViews: [] },
        {
          table: 'orders',
          kind: 'column_split',
          before: 'age bigint',
          after: 'age__bi bigint, age__st text',
          dependentViews: ['"public"."adults"'],
        },
      ];
      const result: LoadResult = {
        tables: [table('orders'), table('orders__items')],
        rejections: [
          rejection(one, 0),
          rejection(two, 4, { reason: 'half \ud800 of a pair and \0' }),
          rejection(two, 5, { kind: 'column', reason: 'name too long' }),
        ],
        schemaChanges: changes,
      };
      expect(await loads.complete(anOutcome(load, { result }))).toBe(true);

      expect(await batches.list(account.id, source.id, { limit: 1 })).toMatchObject([
        {
          id: two,
          state: 'loaded',
          lastError: null,
          waitsFor: null,
          load: { id: load.loadId, completedAt: expect.any(Number), rowsLoaded: 1, tables: result.tables },
        },
      ]);
      const parts = await rejections.list(account.id, source.id, { limit: 10 });
      expect(parts.map(({ batchId, rejections: found }) => [batchId, found])).toEqual([
        [two, [{ position: 5, reason: 'name too long', kind: 'column' }]],
        [two, [{ position: 4, reason: 'half \ufffd of a pair and \ufffd', kind: 'record' }]],
        [one, [{ position: 0, reason: 'too big', kind: 'record' }]],
      ]);
      expect(parts[0]).toMatchObject({
        table: 'orders',
        loadId: load.loadId,
        retriedAt: null,
        format: 'batch',
      });
      expect(await rejections.summary(account.id, source.id)).toEqual([
        {
          table: 'orders',
          records: 2,
          values: 1,
          firstAt: expect.any(Number),
          lastAt: expect.any(Number),
          reasons: [
            { reason: 'half \ufffd of a pair and \ufffd', kind: 'record', count: 1 },
            { reason: 'name too long', kind: 'column', count: 1 },
            { reason: 'too big', kind: 'record', count: 1 },
          ],
          more: false,
        },
      ]);
      const all = { offset: 0, limit: 10 };
      const told = await rejections.changes(account.id, all);
      expect(told.total).toBe(2);
      expect(told.changes).toMatchObject([
        { ...changes[1], sourceId: source.id, sourceName: source.name, destinationId: destination.id },
        { ...changes[0], loadId: load.loadId, changedAt: expect.any(Number) },
      ]);
      expect(await rejections.changes(account.id, { ...all, table: 'other' })).toEqual({
        changes: [],
        total: 0,
      });
      expect((await rejections.changes(account.id, { ...all, offset: 1 })).changes).toHaveLength(1);
      expect(await rejections.changes(account.id + 1, all)).toEqual({ changes: [], total: 0 });
      expect(await rejections.list(account.id + 1, source.id, { limit: 10 })).toEqual([]);
    });

    test('a load that is repeated says again what it rejected, once', async () => {
      await using own = await on.fresh();
      const { loads, rejections } = own.store;
      const { account, source } = await withSource(own.store);
      const [id = ''] = await accept(own.store, source, 1);
      for (let time = 0; time < 2; time += 1) {
        const load = required((await loads.plan(aPlan()))[0]);
        const result = { tables: [], schemaChanges: [], rejections: [rejection(id, 0)] };
        await loads.complete(anOutcome(load, { result }));
        await loads.repeat(load.loadId);
      }
      expect(await rejections.list(account.id, source.id, { limit: 10 })).toHaveLength(1);
    });

    test('very many rejections of one batch are found again, in parts', async () => {
      await using own = await on.fresh();
      const { loads, rejections } = own.store;
      const { account, source } = await withSource(own.store);
      const [id = ''] = await accept(own.store, source, 1);
      const load = required((await loads.plan(aPlan()))[0]);
      const many = Array.from({ length: 2_500 }, (_, position) => rejection(id, position));
      const result = { tables: [], schemaChanges: [], rejections: many };
      await loads.complete(anOutcome(load, { result }));
      const parts = await rejections.list(account.id, source.id, { limit: 10 });
      expect(parts.map(({ rejections: found }) => found.length).toSorted()).toEqual([1_000, 1_000, 500]);
      const [newest, ...older] = parts;
      expect(
        await rejections.list(account.id, source.id, { limit: 10, before: required(newest).id }),
      ).toEqual(older);
    });

    test('rejected records are retried once, in a batch of their own', async () => {
      await using own = await on.fresh();
      const { batches, loads, rejections } = own.store;
      const { account, source } = await withSource(own.store);
      const [id = ''] = await accept(own.store, source, 1);
      const load = required((await loads.plan(aPlan()))[0]);
      const result = { tables: [], schemaChanges: [], rejections: [rejection(id, 0)] };
      await loads.complete(anOutcome(load, { result }));
      const [part] = await rejections.list(account.id, source.id, { limit: 10 });
      const ids = [required(part).id];
      const again = aBatch(source);
      expect(await rejections.retry(again, aBody(), ids)).toBe(true);
      expect(await rejections.retry(aBatch(source), aBody(), ids)).toBe(false);
      expect(await rejections.list(account.id, source.id, { limit: 10 })).toEqual([]);
      expect(await rejections.list(account.id, source.id, { limit: 10, retried: true })).toMatchObject([
        { id: ids[0], retriedAt: expect.any(Number) },
      ]);
      expect(await batches.list(account.id, source.id, { limit: 10, state: 'ready' })).toMatchObject([
        { id: again.id },
      ]);
    });

    test('of a batch that waits it is told what it waits for', async () => {
      await using own = await on.fresh();
      const { batches, sources, loads } = own.store;
      const { account, source } = await withSource(own.store);
      await accept(own.store, source, 1);
      const waits = async () => (await batches.list(account.id, source.id, { limit: 1 }))[0]?.waitsFor;
      expect(await waits()).toBe(null);
      await sources.update({ accountId: account.id, id: source.id, pausedAt: 1 });
      expect(await waits()).toBe('source_paused');
      await sources.update({ accountId: account.id, id: source.id, pausedAt: null, destinationId: null });
      expect(await waits()).toBe('unmapped');
      expect(await loads.plan(aPlan())).toEqual([]);
    });

    test('go with the payload of their batch', async () => {
      await using own = await on.fresh();
      const { loads, rejections } = own.store;
      const { account, source } = await withSource(own.store);
      const [id = ''] = await accept(own.store, source, 1);
      const load = required((await loads.plan(aPlan()))[0]);
      const result = { tables: [], schemaChanges: [], rejections: [rejection(id, 0)] };
      await loads.complete(anOutcome(load, { result }));
      await loads.retain({ olderThan: 0, maxBytes: 0 });
      expect(await rejections.list(account.id, source.id, { limit: 10 })).toEqual([]);
    });
  });
}
