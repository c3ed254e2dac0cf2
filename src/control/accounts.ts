import { assert } from '../errors/bug.ts';
import { Failure } from '../errors/failure.ts';
import { randomId } from '../lib/random-id.ts';
import { generateSshKeyPair } from '../network/ssh-key.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';
import { checkAccountForm, type regions } from './account-form.ts';
import type { Accounts } from './control.ts';
import { givenToken, newToken, operatorToken } from './new-token.ts';
import { sealAnew } from './seal-anew.ts';

interface AccountsParts {
  readonly store: Pick<Store, 'accounts' | 'tokens'>;
  readonly vault: Pick<Vault, 'seal'>;
  /** Region of accounts whose form names none. */
  readonly defaultRegion: (typeof regions)[number];
}

export function createAccounts({ store, vault, defaultRegion }: AccountsParts): Accounts {
  return {
    async create(form) {
      checkAccountForm(form);
      const { company, email, firstName, lastName } = form;
      const token = newToken({ kind: 'access', value: form.token }, operatorToken);
      const { publicKey, privateKey } = generateSshKeyPair();
      const uid = randomId();
      const account = await sealAnew(async () =>
        store.accounts.create({
          id: form.id ?? null,
          uid,
          company,
          email,
          firstName,
          lastName,
          region: form.region ?? defaultRegion,
          partnerId: form.partnerId ?? null,
          sshPublicKey: publicKey,
          sealedSshPrivateKey: await vault.seal(uid, 'ssh_private_key', privateKey),
          token: token.stored,
        }),
      );
      const stored = await store.tokens.find(token.stored.hash);
      assert(stored?.accountId === account.id, 'an account is stored together with its first token');
      return { account, token: { id: stored.id, value: token.value } };
    },

    async issueToken(accountId, request) {
      const token = newToken(request, givenToken);
      if ((await store.accounts.get(accountId)) === null)
        throw new Failure('InvalidForm', `There is no account ${accountId}.`, {
          data: { errors: { account_id: 'must be the id of an account' } },
        });
      const { id } = await store.tokens.create(accountId, token.stored);
      return { id, value: token.value };
    },
  };
}
