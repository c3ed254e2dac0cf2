import { Failure } from '../errors/failure.ts';
import { randomId } from '../lib/random-id.ts';
import type { Hook, HookType } from '../model/hook.ts';
import type { Network } from '../network/network.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';
import type { Caller } from './control.ts';
import { sealAnew } from './seal-anew.ts';

/** The rules of webhooks, apart from the words of any API. What only reads goes to the store. */
export interface Hooks {
  /**
   * Makes a hook, enabled. Where its URL leads is judged with every message, not here.
   * @throws {Failure} InvalidUri, InvalidBody (the secret), HookLimit, InvalidId (no such destination).
   */
  create(caller: Caller, request: CreateHookRequest): Promise<Hook>;
}

export interface CreateHookRequest {
  readonly type: HookType;
  readonly destinationId: number;
  readonly url: string;
  /** Signs each message; it is never shown again. Null: messages are not signed. */
  readonly secret: string | null;
}

export interface HooksParts {
  readonly store: Pick<Store, 'hooks'>;
  readonly vault: Pick<Vault, 'seal'>;
  readonly network: Pick<Network, 'policy'>;
}

const mostUrlCharacters = 2_048;
const secretCharacters = { least: 8, most: 256 };

export function createHooks({ store, vault, network }: HooksParts): Hooks {
  return {
    async create({ accountId }, { secret, url, ...request }) {
      requireUrl(url, network.policy);
      if (secret !== null) requireSecret(secret);
      const uid = randomId();
      return await sealAnew(async () => {
        const sealedSecret = secret === null ? null : await vault.seal(uid, 'secret', secret);
        return await store.hooks.create({ ...request, accountId, uid, url, sealedSecret });
      });
    },
  };
}

/** Credentials in a URL would be shown with it. */
function requireUrl(text: string, policy: Network['policy']): void {
  const url = URL.canParse(text) && text.length <= mostUrlCharacters ? new URL(text) : null;
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && policy === 'private');
  if (url && isAllowed && url.hostname !== '' && url.username === '' && url.password === '') return;
  throw new Failure('InvalidUri', 'Messages cannot be sent to this URL.', {
    remedy: `Give an https URL${policy === 'private' ? ' (or an http one)' : ''} of at most ${mostUrlCharacters} characters, without user name and password.`,
  });
}

function requireSecret(secret: string): void {
  const { least, most } = secretCharacters;
  if (secret.length >= least && secret.length <= most && /^[\x21-\x7e]+$/.test(secret)) return;
  throw new Failure('InvalidBody', `config.secret must be ${least} to ${most} printable ASCII characters.`);
}
