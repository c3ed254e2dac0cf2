import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { openVault, type Vault } from '../../../src/store/vault.ts';
import { aDestination, anAccount, anUpdate, required, type StoreUnderTest } from '../store-under-test.ts';

const sshKey = 'ssh_private_key';

/** An account and destinations whose secrets say where they belong. */
async function fill(store: Store, vault: Vault, destinations: number): Promise<number> {
  const draft = anAccount();
  const account = await store.accounts.create({
    ...draft,
    sealedSshPrivateKey: await vault.seal(draft.uid, sshKey, `key of ${draft.uid}`),
  });
  for (let at = 0; at < destinations; at += 1) {
    const { uid } = anAccount();
    const sealed = {
      password: await vault.seal(uid, 'password', `password of ${uid}`),
      token: await vault.seal(uid, 'token', `token of ${uid}`),
    };
    await store.destinations.create(aDestination(account, { uid, sealed }));
  }
  return account.id;
}

/** How many secrets there are; each of them opens to what it was. */
async function readAll(store: Store, vault: Vault, accountId: number): Promise<number> {
  const key = required(await store.accounts.sshKey(accountId));
  expect(await vault.open(key.uid, sshKey, key.sealedPrivateKey)).toBe(`key of ${key.uid}`);
  let count = 1;
  for (const { id, uid } of await store.destinations.list(accountId)) {
    const { sealed } = required(await store.destinations.secrets(accountId, id));
    for (const [name, value] of Object.entries(sealed)) {
      expect(await vault.open(uid, name, value)).toBe(`${name} of ${uid}`);
      count += 1;
    }
  }
  return count;
}

export function vaultContract(on: StoreUnderTest): void {
  describe('the vault', () => {
    test('makes its keyring once, even when several processes start together', async () => {
      await using own = await on.fresh();
      await using second = await own.another();
      const masterKey = randomBytes(32);
      const [one, two] = await Promise.all(
        [own.store, second].map(({ keyring }) => openVault({ keyring, masterKey })),
      );
      const sealed = await required(one).seal('uid', 'password', 'geheim');
      expect(await required(two).open('uid', 'password', sealed)).toBe('geheim');
    });

    test('refuses a wrong master key and one of the wrong length', async () => {
      await using own = await on.fresh();
      const { keyring } = own.store;
      await openVault({ keyring, masterKey: randomBytes(32) });
      await expect(openVault({ keyring, masterKey: randomBytes(32) })).rejects.toMatchObject({
        code: 'WrongMasterKey',
        remedy: expect.stringContaining('master key'),
      });
      await expect(openVault({ keyring, masterKey: randomBytes(16) })).rejects.toMatchObject({
        code: 'InvalidConfiguration',
      });
    });

    test('opens nothing that was swapped, cut or changed', async () => {
      const vault = await openVault({ keyring: on.store().keyring, masterKey: Buffer.alloc(32, 7) });
      const sealed = await vault.seal('uid-a', 'password', 'geheim');
      const other = await vault.seal('uid-a', 'password', 'anders');
      expect(await vault.open('uid-a', 'password', sealed)).toBe('geheim');
      const [version, keyId, body = ''] = sealed.split('.');
      const forged: [string, string, string][] = [
        ['uid-b', 'password', sealed],
        ['uid-a', 'ssh_key', sealed],
        ['uid-a', 'password', sealed.slice(0, -4)],
        ['uid-a', 'password', `${sealed}AAAA`],
        ['uid-a', 'password', `${version}.${keyId}.`],
        ['uid-a', 'password', `v2.${keyId}.${body}`],
        ['uid-a', 'password', `${version}.0123456789abcdef.${body}`],
        ['uid-a', 'password', `${version}.${keyId}.${body.slice(0, 20)}${other.split('.')[2]?.slice(20)}`],
        ['uid-a', 'password', ''],
      ];
      for (const [uid, property, value] of forged)
        await expect(vault.open(uid, property, value)).rejects.toMatchObject({ code: 'SecretUnreadable' });
    });

    test('refuses seals of a key that was retired meanwhile, and sealing anew helps', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const vault = await openVault({ keyring: store.keyring, masterKey: randomBytes(32) });
      const account = required(await store.accounts.get(await fill(store, vault, 0)));
      const draft = aDestination(account);
      const late = { ...draft, sealed: { password: await vault.seal(draft.uid, 'password', 'late') } };
      await vault.rotateDataKey(store.destinations);
      const refused = { code: 'SecretUnreadable', data: { retired: true } };
      await expect(store.destinations.create(late)).rejects.toMatchObject(refused);
      const sealed = { password: await vault.seal(draft.uid, 'password', 'late') };
      const made = await store.destinations.create({ ...draft, sealed });
      await vault.rotateDataKey(store.destinations);
      await expect(store.destinations.update(anUpdate(made, { sealed }))).rejects.toMatchObject(refused);
      await expect(
        store.accounts.create(anAccount({ sealedSshPrivateKey: sealed.password })),
      ).rejects.toMatchObject(refused);
    });

    test('seals everything anew and retires the old key', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const masterKey = randomBytes(32);
      const vault = await openVault({ keyring: store.keyring, masterKey });
      const accountId = await fill(store, vault, 60);
      const before = required(await store.keyring.read());
      expect(await vault.rotateDataKey(store.destinations)).toEqual({ resealed: 61 });
      const after = required(await store.keyring.read());
      expect(after.keys.map(({ id }) => id)).toEqual([after.activeKeyId]);
      expect(after.activeKeyId).not.toBe(before.activeKeyId);
      expect(await readAll(store, vault, accountId)).toBe(121);
      const elsewhere = await openVault({ keyring: store.keyring, masterKey });
      expect(await readAll(store, elsewhere, accountId)).toBe(121);
    });

    test('loses nothing when a rotation is cut off at any of its steps, and carries it on', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const masterKey = randomBytes(32);
      const open = (beforeStep?: () => void) =>
        openVault({ keyring: store.keyring, masterKey, ...(beforeStep && { beforeStep }) });
      const accountId = await fill(store, await open(), 3);
      let finished = false;
      for (let steps = 0; !finished; steps += 1) {
        let left = steps;
        const interrupted = await open(() => {
          if (left === 0) throw new Error('power cut');
          left -= 1;
        });
        finished = await interrupted.rotateDataKey(store.destinations).then(
          () => true,
          () => false,
        );
        expect(await readAll(store, await open(), accountId)).toBe(7);
      }
      expect(required(await store.keyring.read()).keys).toHaveLength(1);
    });

    test('rotates beside those who keep writing, in this process and in others', async () => {
      await using own = await on.fresh();
      await using second = await own.another();
      const masterKey = randomBytes(32);
      const vaults = await Promise.all(
        [own.store, second].map(({ keyring }) => openVault({ keyring, masterKey })),
      );
      const accountId = await fill(own.store, required(vaults[0]), 8);
      let rotating = true;
      const keepWriting = async (store: Store, vault: Vault) => {
        for (let round = 0; rotating; round += 1) {
          const all = await store.destinations.list(accountId);
          const current = required(all[round % all.length]);
          const sealed = {
            password: await vault.seal(current.uid, 'password', `password of ${current.uid}`),
          };
          await store.destinations.update(anUpdate(current, { sealed })).catch((error) => {
            if (error.data?.retired !== true) throw error;
          });
        }
      };
      const rotate = async () => {
        for (let round = 0; round < 4; round += 1)
          await required(vaults[round % 2]).rotateDataKey(own.store.destinations);
        await Promise.all(vaults.map((vault) => vault.rotateDataKey(own.store.destinations)));
        rotating = false;
      };
      await Promise.all([
        rotate(),
        keepWriting(own.store, required(vaults[0])),
        keepWriting(second, required(vaults[1])),
      ]);
      for (const vault of vaults) expect(await readAll(own.store, vault, accountId)).toBe(17);
      expect(required(await own.store.keyring.read()).keys).toHaveLength(1);
    });

    test('retires no key while something cannot be opened, and says what', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const vault = await openVault({ keyring: store.keyring, masterKey: randomBytes(32) });
      const accountId = await fill(store, vault, 2);
      const [broken] = await store.destinations.list(accountId);
      await own.sql(
        `update destinations set secrets = replace(secrets, '.', '.A') where id = ${required(broken).id}`,
      );
      await expect(vault.rotateDataKey(store.destinations)).rejects.toMatchObject({
        code: 'SecretUnreadable',
        message: expect.stringContaining(`destination ${required(broken).id}`),
      });
      expect(required(await store.keyring.read()).keys).toHaveLength(2);
    });

    test('changes its master key in one go', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const [masterKey, newKey] = [randomBytes(32), randomBytes(32)];
      const vault = await openVault({ keyring: store.keyring, masterKey });
      const running = await openVault({ keyring: store.keyring, masterKey });
      const accountId = await fill(store, vault, 2);
      await vault.rotateMasterKey(newKey);
      await expect(openVault({ keyring: store.keyring, masterKey })).rejects.toMatchObject({
        code: 'WrongMasterKey',
      });
      const fresh = await openVault({ keyring: store.keyring, masterKey: newKey });
      for (const each of [vault, running, fresh]) expect(await readAll(store, each, accountId)).toBe(5);
      await vault.rotateDataKey(store.destinations);
      expect(await readAll(store, fresh, accountId)).toBe(5);
    });

    test('rotates the secrets of hooks with all others', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const vault = await openVault({ keyring: store.keyring, masterKey: randomBytes(32) });
      const accountId = await fill(store, vault, 1);
      const [destination] = await store.destinations.list(accountId);
      const { uid } = anAccount();
      const hook = await store.hooks.create({
        uid,
        accountId,
        type: 'post_load',
        destinationId: required(destination).id,
        url: 'https://hooks.example.com/in',
        sealedSecret: await vault.seal(uid, 'secret', 'of the hook'),
      });
      await vault.rotateDataKey(store.destinations);
      expect(required(await store.keyring.read()).keys).toHaveLength(1);
      await store.hooks.test(accountId, hook.id);
      const turn = { owner: 'one', limit: 1, perHook: 1, leaseMilliseconds: 1_000 };
      const [claimed] = await store.hooks.claim(turn);
      const sealed = required(required(claimed).sealedSecret);
      expect(await vault.open(uid, 'secret', sealed)).toBe('of the hook');
    });
  });
}
