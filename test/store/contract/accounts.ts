import { describe, expect, test } from 'vitest';
import { aDestination, anAccount, aToken, type StoreUnderTest } from '../store-under-test.ts';

export function accountContract(on: StoreUnderTest): void {
  describe('accounts', () => {
    test('are kept as they were made', async () => {
      const { accounts } = on.store();
      const made = await accounts.create(
        anAccount({ company: 'Ünï', email: 'Someone@Example.com', partnerId: 'p1' }),
      );
      expect(made).toMatchObject({
        company: 'Ünï',
        email: 'Someone@Example.com',
        firstName: 'Ada',
        lastName: 'Example',
        region: 'us-east-1',
        partnerId: 'p1',
        destinationLimit: null,
        checksPerMinute: null,
        suspendedAt: null,
        deletedAt: null,
        sshPublicKey: 'ssh-ed25519 AAAA',
      });
      expect(await accounts.get(made.id)).toEqual(made);
    });

    test('take a given id, and the next free one lies behind it', async () => {
      await using own = await on.fresh();
      const { accounts } = own.store;
      expect((await accounts.create(anAccount({ id: 116_078 }))).id).toBe(116_078);
      expect((await accounts.create(anAccount())).id).toBe(116_079);
      expect((await accounts.create(anAccount({ id: 5 }))).id).toBe(5);
      expect((await accounts.create(anAccount())).id).toBe(116_080);
    });

    test('refuse an id that is taken, and nothing of the second one stays', async () => {
      const { accounts, tokens } = on.store();
      const { id } = await accounts.create(anAccount());
      const token = aToken();
      await expect(accounts.create(anAccount({ id, token }))).rejects.toMatchObject({ code: 'InvalidForm' });
      expect(await tokens.find(token.hash)).toBeNull();
    });

    test('have e-mail addresses of their own, however they are written', async () => {
      const { accounts } = on.store();
      const { id, email } = await accounts.create(anAccount());
      const again = anAccount({ email: email.toUpperCase() });
      await expect(accounts.create(again)).rejects.toMatchObject({ code: 'ExistingUser' });
      await accounts.delete(id);
      expect(await accounts.create(again)).toMatchObject({ email: again.email });
    });

    test('of twenty with one address that arrive at once one is made', async () => {
      const { accounts } = on.store();
      const { email } = anAccount();
      const made = await Promise.allSettled(
        Array.from({ length: 20 }, () => accounts.create(anAccount({ email }))),
      );
      expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    test('are listed oldest first, all or those of one partner, without deleted ones', async () => {
      await using own = await on.fresh();
      const { accounts } = own.store;
      const [first, second, third] = [
        await accounts.create(anAccount({ partnerId: 'p1' })),
        await accounts.create(anAccount()),
        await accounts.create(anAccount({ partnerId: 'p1' })),
      ];
      expect(await accounts.list({ partnerId: null })).toEqual([first, second, third]);
      await accounts.delete(first.id);
      expect(await accounts.list({ partnerId: 'p1' })).toEqual([third]);
    });

    test('can be suspended and resumed, again and again', async () => {
      const { accounts, tokens } = on.store();
      const token = aToken();
      const { id } = await accounts.create(anAccount({ token }));
      const suspended = await accounts.setSuspended(id, true);
      expect(suspended?.suspendedAt).toBeGreaterThan(0);
      expect(await accounts.setSuspended(id, true)).toEqual(suspended);
      expect(await tokens.find(token.hash)).toBeNull();
      expect(await accounts.setSuspended(id, false)).toMatchObject({ suspendedAt: null });
      expect(await accounts.setSuspended(id, false)).toMatchObject({ suspendedAt: null });
      expect(await tokens.find(token.hash)).toMatchObject({ accountId: id });
    });

    test('change the quota that is named and keep the other', async () => {
      const { accounts } = on.store();
      const { id } = await accounts.create(anAccount());
      await accounts.setQuota(id, { destinationLimit: 3, checksPerMinute: 7 });
      await accounts.setQuota(id, { destinationLimit: null });
      expect(await accounts.get(id)).toMatchObject({ destinationLimit: null, checksPerMinute: 7 });
    });

    test('are deleted with all that belongs to them', async () => {
      const { accounts, tokens, destinations, checks } = on.store();
      const token = aToken();
      const account = await accounts.create(anAccount({ token }));
      const destination = await destinations.create(aDestination(account));
      expect(await accounts.delete(account.id)).toBe(true);
      expect(await accounts.delete(account.id)).toBe(false);
      expect(await accounts.get(account.id)).toBeNull();
      expect(await accounts.sshKey(account.id)).toBeNull();
      expect(await accounts.setQuota(account.id, {})).toBeNull();
      expect(await accounts.setSuspended(account.id, true)).toBeNull();
      expect(await tokens.find(token.hash)).toBeNull();
      expect(await destinations.get(account.id, destination.id)).toBeNull();
      expect(await checks.get(account.id, destination.checkJobName ?? '')).toBeNull();
    });

    test('hand out their SSH key with the uid it is sealed to', async () => {
      const { accounts } = on.store();
      const given = anAccount();
      const { id } = await accounts.create(given);
      expect(await accounts.sshKey(id)).toEqual({
        uid: given.uid,
        publicKey: given.sshPublicKey,
        sealedPrivateKey: given.sealedSshPrivateKey,
      });
    });

    test('refuse text that would not come back as it was', async () => {
      const { accounts } = on.store();
      for (const company of ['a\0b', 'half \ud83d'])
        await expect(accounts.create(anAccount({ company }))).rejects.toMatchObject({ code: 'InvalidBody' });
    });
  });
}
