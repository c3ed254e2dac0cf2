import { describe, expect, test } from 'vitest';
import { accept, aPlan, aSource, backlogOf, withSource } from '../records-under-test.ts';
import { aDestination, anAccount, aToken, required, type StoreUnderTest } from '../store-under-test.ts';

export function sourceContract(on: StoreUnderTest): void {
  describe('sources', () => {
    test('are stored as given, and listed oldest first', async () => {
      const { accounts, sources } = on.store();
      const account = await accounts.create(anAccount());
      const given = aSource(account, { displayName: 'My Shop', name: 'my_shop', properties: { a: 'b' } });
      const made = await sources.create(given);
      expect(made).toMatchObject({
        accountId: account.id,
        type: 'import_api',
        displayName: 'My Shop',
        name: 'my_shop',
        properties: { a: 'b' },
        destinationId: null,
        pausedAt: null,
        systemPausedAt: null,
        deletedAt: null,
      });
      const second = await sources.create(aSource(account));
      expect(await sources.get(account.id, made.id)).toEqual(made);
      expect(await sources.list(account.id)).toEqual([made, second]);
    });

    test('have names of their own among those that live in an account', async () => {
      const { accounts, sources } = on.store();
      const [account, other] = [await accounts.create(anAccount()), await accounts.create(anAccount())];
      const asked = Array.from({ length: 5 }, () => sources.create(aSource(account, { name: 'shop' })));
      const settled = await Promise.allSettled(asked);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'InvalidName', message: 'non-unique name (shop)' },
      });
      expect(await sources.create(aSource(other, { name: 'shop' }))).toMatchObject({ name: 'shop' });
      const [first] = await sources.list(account.id);
      await sources.delete(account.id, required(first).id);
      expect(await sources.create(aSource(account, { name: 'shop' }))).toMatchObject({ name: 'shop' });
    });

    test('take a given id once', async () => {
      await using own = await on.fresh();
      const { accounts, sources } = own.store;
      const account = await accounts.create(anAccount());
      expect(await sources.create(aSource(account, { id: 86_741 }))).toMatchObject({ id: 86_741 });
      expect(await sources.create(aSource(account))).toMatchObject({ id: 86_742 });
      await expect(sources.create(aSource(account, { id: 86_741 }))).rejects.toMatchObject({
        code: 'InvalidForm',
      });
    });

    test('know ids that are taken, by whomever, and those of deleted ones', async () => {
      const { accounts, destinations, sources } = on.store();
      const account = await accounts.create(anAccount());
      const { id } = await sources.create(aSource(account));
      await sources.delete(account.id, id);
      const destination = await destinations.create(aDestination(account));
      await destinations.delete({ accountId: account.id, id: destination.id, actor: 'cli' });
      expect(await sources.isTaken(id)).toBe(true);
      expect(await sources.isTaken(id + 1_000_000)).toBe(false);
      expect(await destinations.isTaken(destination.id)).toBe(true);
      expect(await destinations.isTaken(destination.id + 1_000_000)).toBe(false);
    });

    test('begin unmapped and paused where that is asked for', async () => {
      const { accounts, destinations, sources } = on.store();
      const account = await accounts.create(anAccount());
      await destinations.create(aDestination(account));
      const made = await sources.create(aSource(account, { unmapped: true, pausedAt: 1000 }));
      expect(made).toMatchObject({ destinationId: null, pausedAt: 1000 });
      expect(await sources.get(account.id, made.id)).toEqual(made);
    });

    test('are mapped to the destination of the account if it has exactly one', async () => {
      const { accounts, destinations, sources } = on.store();
      const account = await accounts.create(anAccount());
      expect(await sources.create(aSource(account))).toMatchObject({ destinationId: null });
      const one = await destinations.create(aDestination(account));
      expect(await sources.create(aSource(account))).toMatchObject({ destinationId: one.id });
      const two = await destinations.create(aDestination(account));
      expect(await sources.create(aSource(account))).toMatchObject({ destinationId: null });
      const given = aSource(account, { destinationId: two.id });
      expect(await sources.create(given)).toMatchObject({ destinationId: two.id });
    });

    test('are mapped to live destinations of their own account only', async () => {
      const { accounts, destinations, sources } = on.store();
      const { account, source, destination } = await withSource(on.store());
      const other = await accounts.create(anAccount());
      const foreign = await destinations.create(aDestination(other));
      const refused = { code: 'InvalidId' };
      await expect(sources.create(aSource(account, { destinationId: foreign.id }))).rejects.toMatchObject(
        refused,
      );
      const change = { accountId: account.id, id: source.id, destinationId: foreign.id };
      await expect(sources.update(change)).rejects.toMatchObject(refused);
      await destinations.delete({ accountId: account.id, id: destination.id, actor: 'cli' });
      await expect(sources.mapUnmapped(account.id, destination.id)).rejects.toMatchObject(refused);
    });

    test('without a destination are mapped to a new one when that is asked for', async () => {
      const { accounts, destinations, sources } = on.store();
      const account = await accounts.create(anAccount());
      const [one, gone] = [await sources.create(aSource(account)), await sources.create(aSource(account))];
      await sources.delete(account.id, gone.id);
      await destinations.create(aDestination(account));
      expect(await sources.get(account.id, one.id)).toMatchObject({ destinationId: null });
      const second = await destinations.create(aDestination(account, { mapSources: true }));
      expect(await sources.get(account.id, one.id)).toMatchObject({ destinationId: second.id });
      expect(await sources.get(account.id, gone.id)).toMatchObject({ destinationId: null });
      expect(await sources.mapUnmapped(account.id, second.id)).toBe(0);
      const mapped = (await sources.list(account.id)).filter((each) => each.destinationId === second.id);
      expect(mapped.length).toBeGreaterThan(0);
      expect(await sources.schemasOf(second.id)).toEqual(mapped.map(({ name }) => name).toSorted());
    });

    test('change in what is given', async () => {
      const { sources } = on.store();
      const { account, source, destination } = await withSource(on.store());
      const of = { accountId: account.id, id: source.id };
      expect(await sources.update({ ...of, displayName: 'New', pausedAt: 5_000 })).toMatchObject({
        displayName: 'New',
        name: source.name,
        pausedAt: 5_000,
        destinationId: destination.id,
      });
      expect(await sources.update({ ...of, properties: { x: 'y' }, destinationId: null })).toMatchObject({
        displayName: 'New',
        pausedAt: 5_000,
        properties: { x: 'y' },
        destinationId: null,
      });
      expect(await sources.update({ ...of, pausedAt: null })).toMatchObject({ pausedAt: null });
    });

    test('of another account are as if they were not there', async () => {
      const { accounts, sources, tokens, batches } = on.store();
      const { account, source } = await withSource(on.store());
      const { id: accountId } = await accounts.create(anAccount());
      const { id } = source;
      expect(await sources.get(accountId, id)).toBeNull();
      expect(await sources.list(accountId)).toEqual([]);
      expect(await sources.update({ accountId, id, displayName: 'mine' })).toBeNull();
      expect(await sources.delete(accountId, id)).toBeNull();
      expect(await tokens.listImport(accountId, id)).toEqual([]);
      expect(await batches.list(accountId, id, { limit: 10 })).toEqual([]);
      await expect(tokens.createImport(accountId, id, aToken())).rejects.toMatchObject({ code: 'InvalidId' });
      expect(await sources.get(account.id, id)).toEqual(source);
    });

    test('rest when their destination is deleted, and stay mapped to it', async () => {
      await using own = await on.fresh();
      const { destinations, sources, loads } = own.store;
      const { account, source, destination } = await withSource(own.store);
      const ids = await accept(own.store, source, 2);
      await destinations.delete({ accountId: account.id, id: destination.id, actor: 'cli' });
      expect(await sources.get(account.id, source.id)).toMatchObject({
        destinationId: destination.id,
        pausedAt: expect.any(Number),
      });
      expect(await loads.plan(aPlan())).toEqual([]);
      expect(await backlogOf(own.store)).toEqual({ blocked: [2, 200] });
      const next = await destinations.create(aDestination(account));
      const of = { accountId: account.id, id: source.id };
      await sources.update({ ...of, destinationId: next.id, pausedAt: null });
      const [load] = await loads.plan(aPlan());
      expect(load?.batches.map(({ id }) => id)).toEqual(ids);
      expect(load?.destination.id).toBe(next.id);
    });
  });

  describe('a source that is deleted', () => {
    test('loses its tokens and its waiting batches with their payloads, and says how many', async () => {
      await using own = await on.fresh();
      const { sources, tokens, loads, spool, batches } = own.store;
      const { account, source } = await withSource(own.store);
      const token = aToken();
      await tokens.createImport(account.id, source.id, token);
      await accept(own.store, source, 3);
      const [loaded] = await loads.plan(aPlan({ maxBatches: 1 }));
      await loads.complete({ ...required(loaded), rowsLoaded: 1, rowsRejected: 0, droppedAsOlder: 0 });
      const [planned] = await loads.plan(aPlan({ maxBatches: 1 }));
      const deleted = required(await sources.delete(account.id, source.id));
      expect(deleted).toMatchObject({
        discardedBatches: 2,
        source: { id: source.id, deletedAt: expect.any(Number) },
      });
      expect(await sources.get(account.id, source.id)).toEqual(deleted.source);
      expect(await sources.delete(account.id, source.id)).toBeNull();
      expect(await tokens.listImport(account.id, source.id)).toEqual([]);
      // Found still, so that its sender can be told what happened.
      expect(await tokens.find(token.hash)).toMatchObject({ sourceId: source.id });
      expect(await backlogOf(own.store)).toEqual({});
      expect(await spool.usage()).toMatchObject({ batches: 1 });
      const lease = { loadId: required(planned).loadId, fence: required(planned).fence };
      expect(await loads.heartbeat({ ...lease, leaseMilliseconds: 1_000 })).toBe(false);
      expect(await loads.complete({ ...lease, rowsLoaded: 1, rowsRejected: 0, droppedAsOlder: 0 })).toBe(
        false,
      );
      expect(await batches.list(account.id, source.id, { limit: 10 })).toMatchObject([{ state: 'loaded' }]);
      expect(await loads.repeat(required(loaded).loadId)).toBe(false);
      expect(await loads.plan(aPlan())).toEqual([]);
      await expect(accept(own.store, source, 1)).rejects.toMatchObject({ code: 'InvalidId' });
    });

    test('goes with its account, and so do all its payloads', async () => {
      await using own = await on.fresh();
      const { accounts, sources, tokens, loads, spool } = own.store;
      const { account, source } = await withSource(own.store);
      const token = aToken();
      await tokens.createImport(account.id, source.id, token);
      await accept(own.store, source, 3);
      await loads.plan(aPlan({ maxBatches: 1 }));
      expect(await accounts.delete(account.id)).toBe(true);
      expect(await tokens.find(token.hash)).toBeNull();
      expect(await sources.list(account.id)).toEqual([]);
      expect(await backlogOf(own.store)).toEqual({});
      expect(await loads.plan(aPlan())).toEqual([]);
      expect(await loads.retain({ olderThan: 0, maxBytes: 1_000_000 })).toMatchObject({ droppedBatches: 3 });
      expect(await spool.usage()).toMatchObject({ batches: 0 });
    });
  });

  describe('import tokens', () => {
    test('are found with their source, as long as it lives', async () => {
      const { tokens } = on.store();
      const { account, source } = await withSource(on.store());
      const token = aToken();
      const made = await tokens.createImport(account.id, source.id, token);
      expect(made).toMatchObject({ kind: 'import', accountId: account.id, revokedAt: null });
      expect(await tokens.find(token.hash)).toEqual({
        id: made.id,
        accountId: account.id,
        kind: 'import',
        sourceId: source.id,
      });
      expect(await tokens.listImport(account.id, source.id)).toEqual([made]);
    });

    test('are at most two of a source, however many are asked for at once', async () => {
      const { tokens, sources } = on.store();
      const { account, source } = await withSource(on.store());
      const asked = Array.from({ length: 6 }, () => tokens.createImport(account.id, source.id, aToken()));
      const settled = await Promise.allSettled(asked);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
      expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'InvalidForm' },
      });
      const [first, second] = await tokens.listImport(account.id, source.id);
      await tokens.revoke(account.id, required(first).id);
      expect(await tokens.listImport(account.id, source.id)).toEqual([second]);
      const third = await tokens.createImport(account.id, source.id, aToken());
      expect(await tokens.listImport(account.id, source.id)).toEqual([second, third]);
      const other = await sources.create(aSource(account));
      expect(await tokens.createImport(account.id, other.id, aToken())).toMatchObject({ kind: 'import' });
    });
  });
}
