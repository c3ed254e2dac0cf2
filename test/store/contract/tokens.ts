import { describe, expect, test } from 'vitest';
import { anAccount, aToken, type StoreUnderTest } from '../store-under-test.ts';

export function tokenContract(on: StoreUnderTest): void {
  describe('tokens', () => {
    test('are found by their hash', async () => {
      const { accounts, tokens } = on.store();
      const account = await accounts.create(anAccount());
      const given = aToken({ kind: 'import', name: 'loader' });
      const made = await tokens.create(account.id, given);
      expect(made).toMatchObject({
        accountId: account.id,
        kind: 'import',
        hint: 'wxyz',
        name: 'loader',
        revokedAt: null,
      });
      expect(await tokens.find(given.hash)).toEqual({
        id: made.id,
        accountId: account.id,
        kind: 'import',
        sourceId: null,
      });
      expect(await tokens.find('of nobody')).toBeNull();
    });

    test('have values of their own, over all accounts', async () => {
      const { accounts, tokens } = on.store();
      const token = aToken();
      const first = await accounts.create(anAccount({ token }));
      const second = await accounts.create(anAccount());
      for (const { id } of [first, second])
        await expect(tokens.create(id, token)).rejects.toMatchObject({ code: 'InvalidForm' });
    });

    test('need an account that is there', async () => {
      await expect(on.store().tokens.create(987_654, aToken())).rejects.toMatchObject({ code: 'InvalidId' });
    });

    test('stop working when they are revoked, which only their account can do', async () => {
      const { accounts, tokens } = on.store();
      const token = aToken();
      const account = await accounts.create(anAccount({ token }));
      const other = await accounts.create(anAccount());
      const [{ id } = { id: 0 }] = await tokens.list(account.id);
      expect(await tokens.revoke(other.id, id)).toBe(false);
      expect(await tokens.find(token.hash)).not.toBeNull();
      expect(await tokens.revoke(account.id, id)).toBe(true);
      expect(await tokens.revoke(account.id, id)).toBe(false);
      expect(await tokens.find(token.hash)).toBeNull();
      expect(await tokens.list(account.id)).toMatchObject([{ id, revokedAt: expect.any(Number) }]);
    });
  });
}
