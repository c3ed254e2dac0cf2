import { describe, expect, test } from 'vitest';
import {
  aDestination,
  anAccount,
  anUpdate,
  required,
  type StoreUnderTest,
  withDestination,
} from '../store-under-test.ts';

export function destinationContract(on: StoreUnderTest): void {
  describe('destinations', () => {
    test('begin with revision 1, a history and a check that waits', async () => {
      const { accounts, destinations, checks } = on.store();
      const account = await accounts.create(anAccount());
      const given = aDestination(account, {
        description: 'the big one',
        properties: JSON.parse('{"host":"db","headers":{"a":[1,null]},"__proto__":"kept"}'),
        changes: [{ property: 'host', to: 'db' }],
        notes: ['made by hand'],
      });
      const made = await destinations.create(given);
      expect(made).toMatchObject({
        accountId: account.id,
        uid: given.uid,
        type: 'postgres',
        name: 'Warehouse',
        description: 'the big one',
        revision: 1,
        credentialNames: ['password'],
        deletedAt: null,
        systemPausedAt: null,
        lastCheck: null,
        checkJobName: `${account.id}.${made.id}.check.${given.check.uuid}`,
      });
      expect(made.updatedAt).toBe(made.createdAt);
      expect(JSON.stringify(made.properties)).toBe(JSON.stringify(given.properties));
      expect(await destinations.get(account.id, made.id)).toEqual(made);
      expect(await destinations.history(account.id, made.id, 10)).toEqual([
        {
          at: made.createdAt,
          revision: 1,
          actor: 'cli',
          action: 'created',
          changes: [{ property: 'host', to: 'db' }],
          notes: ['made by hand'],
        },
      ]);
      expect(await checks.get(account.id, required(made.checkJobName))).toMatchObject({
        status: 'waiting',
        revision: 1,
        origin: 'saved',
        destinationId: made.id,
      });
    });

    test('take a given id once, and the next free one lies behind it', async () => {
      await using own = await on.fresh();
      const { accounts, destinations } = own.store;
      const account = await accounts.create(anAccount());
      expect(await destinations.create(aDestination(account, { id: 120_645 }))).toMatchObject({
        id: 120_645,
      });
      expect(await destinations.create(aDestination(account))).toMatchObject({ id: 120_646 });
      await destinations.delete({ accountId: account.id, id: 120_645, actor: 'cli' });
      await expect(destinations.create(aDestination(account, { id: 120_645 }))).rejects.toMatchObject({
        code: 'InvalidForm',
      });
    });

    test('stay within the quota of their account, however many come at once', async () => {
      const { accounts, destinations } = on.store();
      const account = await accounts.create(anAccount());
      await accounts.setQuota(account.id, { destinationLimit: 3 });
      const asked = Array.from({ length: 8 }, () => destinations.create(aDestination(account)));
      const settled = await Promise.allSettled(asked);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'DestinationLimit' },
      });
      const [first] = await destinations.list(account.id);
      await destinations.delete({ accountId: account.id, id: required(first).id, actor: 'cli' });
      expect(await destinations.create(aDestination(account))).toMatchObject({ revision: 1 });
    });

    test('of another account are as if they were not there', async () => {
      const { accounts, destinations, checks } = on.store();
      const { account, destination } = await withDestination(on.store());
      const other = await accounts.create(anAccount());
      const { id } = destination;
      expect(await destinations.get(other.id, id)).toBeNull();
      expect(await destinations.secrets(other.id, id)).toBeNull();
      expect(await destinations.list(other.id)).toEqual([]);
      expect(await destinations.update(anUpdate(destination, { accountId: other.id }))).toBeNull();
      expect(await destinations.delete({ accountId: other.id, id, actor: 'cli' })).toBe(false);
      expect(await destinations.history(other.id, id, 10)).toEqual([]);
      expect(await destinations.hostKeys(other.id, id)).toEqual([]);
      expect(await destinations.acceptHostKey({ accountId: other.id, id, actor: 'cli' })).toBe(false);
      expect(await checks.request(other.id, id, aDestination(other).check)).toBeNull();
      expect(await checks.get(other.id, required(destination.checkJobName))).toBeNull();
      expect(await checks.list(other.id, id, 10)).toEqual([]);
      expect(await destinations.get(account.id, id)).toEqual(destination);
    });

    test('get a new revision by an update that was made from the current one', async () => {
      const { destinations } = on.store();
      const { account, destination } = await withDestination(on.store());
      const change = anUpdate(destination, {
        name: 'New name',
        description: 'Moved',
        properties: { host: 'new.example.com' },
        sealed: { ssl_key: 'sealed-key' },
        changes: [{ property: 'host', from: 'db.example.com', to: 'new.example.com' }],
        actor: 'token:1',
      });
      const updated = await destinations.update(change);
      expect(updated).toMatchObject({
        revision: 2,
        name: 'New name',
        description: 'Moved',
        properties: { host: 'new.example.com' },
        credentialNames: ['password', 'ssl_key'],
        createdAt: destination.createdAt,
      });
      expect(await destinations.update(change)).toBe('conflict');
      expect(await destinations.secrets(account.id, destination.id)).toEqual({
        destination: updated,
        sealed: { password: 'sealed-password', ssl_key: 'sealed-key' },
      });
      const [newest] = await destinations.history(account.id, destination.id, 1);
      expect(newest).toMatchObject({
        revision: 2,
        actor: 'token:1',
        action: 'updated',
        changes: change.changes,
      });
    });

    test('drop the credentials an update names', async () => {
      const { destinations } = on.store();
      const { account, destination } = await withDestination(on.store());
      await destinations.update(anUpdate(destination, { droppedCredentials: ['password'] }));
      expect(await destinations.secrets(account.id, destination.id)).toMatchObject({ sealed: {} });
    });

    test('keep revision, time and history when an update changes nothing', async () => {
      const { destinations } = on.store();
      const { account, destination } = await withDestination(on.store());
      expect(await destinations.update(anUpdate(destination, { changed: false, name: 'ignored' }))).toEqual(
        destination,
      );
      expect(await destinations.history(account.id, destination.id, 10)).toHaveLength(1);
    });

    test('let one of many updates of the same revision win', async () => {
      const { destinations } = on.store();
      const { account, destination } = await withDestination(on.store());
      const asked = Array.from({ length: 12 }, (_, at) =>
        destinations.update(anUpdate(destination, { name: `name ${at}` })),
      );
      const won = (await Promise.all(asked)).filter((outcome) => outcome !== 'conflict');
      expect(won).toHaveLength(1);
      expect(await destinations.get(account.id, destination.id)).toEqual(won[0]);
    });

    test('are listed oldest first', async () => {
      const { destinations } = on.store();
      const { account, destination } = await withDestination(on.store());
      const second = await destinations.create(aDestination(account, { type: 'mysql' }));
      expect(await destinations.list(account.id)).toEqual([destination, second]);
    });

    test('lose their credentials and end their checks when they are deleted', async () => {
      const { destinations, checks } = on.store();
      const { account, destination } = await withDestination(on.store());
      const where = { accountId: account.id, id: destination.id };
      const stale = destinations.delete({ ...where, actor: 'token:9', revisions: [2, 3] });
      await expect(stale).rejects.toMatchObject({ code: 'RevisionMismatch', data: { revision: 1 } });
      expect(await destinations.get(account.id, destination.id)).toEqual(destination);
      expect(await destinations.delete({ ...where, actor: 'token:9', revisions: [1, 2] })).toBe(true);
      expect(await destinations.delete({ ...where, actor: 'token:9' })).toBe(false);
      expect(await destinations.get(account.id, destination.id)).toBeNull();
      expect(await destinations.secrets(account.id, destination.id)).toBeNull();
      expect(await destinations.list(account.id)).toEqual([]);
      expect(await destinations.update(anUpdate(destination))).toBeNull();
      expect(await checks.get(account.id, required(destination.checkJobName))).toMatchObject({
        status: 'failed',
        error: expect.stringContaining('deleted'),
      });
      expect(await destinations.history(account.id, destination.id, 1)).toMatchObject([
        { action: 'deleted', actor: 'token:9' },
      ]);
    });

    test('keep the newest thousand entries of their history', { timeout: 60_000 }, async () => {
      const { destinations } = on.store();
      const { account, destination } = await withDestination(on.store());
      let current = destination;
      for (let round = 0; round < 1_010; round += 1) {
        const updated = await destinations.update(anUpdate(current));
        if (updated === null || updated === 'conflict') throw new Error('an update was lost');
        current = updated;
      }
      const history = await destinations.history(account.id, destination.id, 2_000);
      expect(history.map(({ revision }) => revision)).toEqual(
        Array.from({ length: 1_000 }, (_, at) => 1_011 - at),
      );
    });
  });
}
