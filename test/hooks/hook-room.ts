import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHooks } from '../../src/control/hooks.ts';
import { createHookSender } from '../../src/hooks/create-hook-sender.ts';
import type { HookSender } from '../../src/hooks/hook-sender.ts';
import type { SenderOptions } from '../../src/hooks/sender-options.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Delivery, Hook, HookType } from '../../src/model/hook.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import type { Lookup } from '../../src/network/resolve.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { openVault } from '../../src/store/vault.ts';
import { aLoadResult, load } from '../store/hooks-under-test.ts';
import { type Mapped, withSource } from '../store/records-under-test.ts';
import { silentLog } from '../support/silent-log.ts';

/** A store with a source, and what sends to hooks over the real network. */
export interface HookRoom extends AsyncDisposable {
  readonly folder: string;
  readonly masterKey: Buffer;
  readonly store: Store;
  readonly mapped: Mapped;
  hook(url: string, parts?: { type?: HookType; secret?: string }): Promise<Hook>;
  /** A load's result becomes durable, and with it what hooks are told. */
  load(): Promise<void>;
  /** Starts another process' worth of sending. */
  send(options?: SendOptions): HookSender;
  /** Newest first. */
  deliveries(hook: Hook): Promise<readonly Delivery[]>;
}

export interface SendOptions extends Partial<SenderOptions> {
  readonly policy?: 'private' | 'public';
  readonly allow?: readonly string[];
  readonly lookup?: Lookup;
  readonly trusted?: string;
}

/** Pauses that a test can wait for. */
export const soon: Partial<SenderOptions> = { pauses: [5, 5, 5, 5, 5], pollMilliseconds: 20 };

export async function openHookRoom(): Promise<HookRoom> {
  await using opening = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-hooks-'));
  opening.defer(() => rmSync(folder, { recursive: true, force: true }));
  const masterKey = randomBytes(32);
  const store = opening.use(await openStore({ url: 'sqlite', folder, mode: 'server' }));
  // Before there is a vault, which would look at the seals that stand for an account's.
  const mapped = await withSource(store);
  const vault = await openVault({ keyring: store.keyring, masterKey });
  const hooks = createHooks({ store, vault, network: { policy: 'private' } });
  const senders = opening.use(new AsyncDisposableStack());
  const opened = opening.move();
  return {
    folder,
    masterKey,
    store,
    mapped,
    async hook(url, { type = 'post_load', secret } = {}) {
      const caller = { accountId: mapped.account.id, actor: 'cli' };
      const destinationId = mapped.destination.id;
      return await hooks.create(caller, { type, destinationId, url, secret: secret ?? null });
    },
    async load() {
      await load(store, mapped, aLoadResult());
    },
    send({ policy = 'private', allow = [], lookup, trusted, ...options } = {}) {
      const network = createNetwork({ policy, allow, egressAddresses: [], ...(lookup && { lookup }) });
      const sender = createHookSender({
        store,
        vault,
        network,
        clock: systemClock,
        log: silentLog,
        trusted: trusted ?? null,
        options: { ...soon, ...options },
      });
      sender.start();
      return senders.use(sender);
    },
    async deliveries({ accountId, id }) {
      return (await store.hooks.deliveries(accountId, id, 100)) ?? [];
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
