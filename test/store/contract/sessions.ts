import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { NewSession, Session } from '../../../src/store/session-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { anAccount, aToken, handClock, required, type StoreUnderTest } from '../store-under-test.ts';

const hash = (): string => randomBytes(32).toString('hex');

/** An account with its token. */
async function enter(store: Store): Promise<{ accountId: number; tokenId: number }> {
  const account = await store.accounts.create(anAccount({ token: aToken() }));
  const [token] = await store.tokens.list(account.id);
  return { accountId: account.id, tokenId: required(token).id };
}

const aSession = (of: { accountId: number; tokenId: number }, parts: Partial<NewSession> = {}) => ({
  ...of,
  kind: 'browser' as const,
  hash: hash(),
  milliseconds: 60_000,
  ...parts,
});

export function sessionContract(on: StoreUnderTest): void {
  describe('sessions', () => {
    test('are found by their hash until they end', async () => {
      const { sessions } = on.store();
      const holder = await enter(on.store());
      const wanted = aSession(holder);
      const made = required(await sessions.open(wanted));
      expect(made).toEqual({ id: made.id, ...holder, expiresAt: expect.any(Number) });
      expect(await sessions.find(wanted.hash)).toEqual(made);
      await sessions.end(wanted.hash);
      await sessions.end(wanted.hash);
      expect(await sessions.find(wanted.hash)).toBeNull();
    });

    test('end with time', async () => {
      const clock = handClock();
      await using own = await on.fresh({ clock });
      const { sessions } = own.store;
      const holder = await enter(own.store);
      const [short, long] = [aSession(holder, { milliseconds: 0 }), aSession(holder)];
      for (const each of [short, long]) await sessions.open(each);
      expect(await sessions.find(short.hash)).toBeNull();
      expect(await sessions.find(long.hash)).not.toBeNull();
    });

    test('end with the token that they were made with', async () => {
      const { sessions, tokens } = on.store();
      const holder = await enter(on.store());
      const [browser, ephemeral] = [aSession(holder), aSession(holder, { kind: 'ephemeral' })];
      for (const each of [browser, ephemeral]) await sessions.open(each);
      await tokens.revoke(holder.accountId, holder.tokenId);
      expect(await sessions.find(browser.hash)).toBeNull();
      expect(await sessions.exchange({ from: ephemeral.hash, to: aSession(holder) })).toBeNull();
      expect(await sessions.open(aSession(holder))).toBeNull();
    });

    test('rest with their account, and go with it', async () => {
      const { sessions, accounts } = on.store();
      const holder = await enter(on.store());
      const session = aSession(holder);
      await sessions.open(session);
      await accounts.setSuspended(holder.accountId, true);
      expect(await sessions.find(session.hash)).toBeNull();
      expect(await sessions.open(aSession(holder))).toBeNull();
      await accounts.setSuspended(holder.accountId, false);
      expect(await sessions.find(session.hash)).not.toBeNull();
      await accounts.delete(holder.accountId);
      expect(await sessions.find(session.hash)).toBeNull();
    });

    test("need an access token of the account's own", async () => {
      const { sessions, tokens } = on.store();
      const [holder, other] = [await enter(on.store()), await enter(on.store())];
      const { id } = await tokens.create(holder.accountId, aToken({ kind: 'import' }));
      expect(await sessions.open(aSession({ ...holder, tokenId: id }))).toBeNull();
      expect(await sessions.open(aSession({ ...holder, tokenId: other.tokenId }))).toBeNull();
    });

    test('that are ephemeral are exchanged, and are good for nothing else', async () => {
      const { sessions } = on.store();
      const holder = await enter(on.store());
      const [ephemeral, browser] = [aSession(holder, { kind: 'ephemeral' }), aSession(holder)];
      for (const each of [ephemeral, browser]) await sessions.open(each);
      expect(await sessions.find(ephemeral.hash)).toBeNull();
      expect(await sessions.exchange({ from: browser.hash, to: aSession(holder) })).toBeNull();
      const to = { hash: hash(), milliseconds: 60_000 };
      expect(await sessions.exchange({ from: ephemeral.hash, to })).toMatchObject(holder);
      expect(await sessions.find(to.hash)).toMatchObject(holder);
      expect(await sessions.exchange({ from: ephemeral.hash, to: aSession(holder) })).toBeNull();
      const late = aSession(holder, { kind: 'ephemeral', milliseconds: 0 });
      await sessions.open(late);
      expect(await sessions.exchange({ from: late.hash, to: aSession(holder) })).toBeNull();
    });

    test('that are ephemeral go to one of many who bring them at once', async () => {
      const { sessions } = on.store();
      const holder = await enter(on.store());
      const ephemeral = aSession(holder, { kind: 'ephemeral' });
      await sessions.open(ephemeral);
      const asked = Array.from({ length: 20 }, () =>
        sessions.exchange({ from: ephemeral.hash, to: { hash: hash(), milliseconds: 60_000 } }),
      );
      expect((await Promise.all(asked)).filter((session) => session !== null)).toHaveLength(1);
    });

    test('make room for newer ones beyond a hundred of an account', async () => {
      const { sessions } = on.store();
      const holder = await enter(on.store());
      const all = Array.from({ length: 102 }, () => aSession(holder));
      for (const each of all) await sessions.open(each);
      const found: (Session | null)[] = [];
      for (const each of all) found.push(await sessions.find(each.hash));
      expect(found.map((each) => each !== null)).toEqual([false, false, ...Array(100).fill(true)]);
    });
  });
}
