import type { Checks } from '../../src/checks/checks.ts';
import { type ChecksOptions, createChecks } from '../../src/checks/create-checks.ts';
import { findType } from '../../src/destinations/registry.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Log } from '../../src/lib/log.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { openVault, type Vault } from '../../src/store/vault.ts';
import { directedType } from './directed-type.ts';

/** Where a test keeps its store. */
export interface StorePlace {
  /** `sqlite`, or the connection string of a PostgreSQL database. */
  readonly url: string;
  readonly folder: string;
  /** Hex. */
  readonly masterKey: string;
}

/** The parts of one process that runs checks. */
export interface Room extends AsyncDisposable {
  readonly store: Store;
  readonly vault: Vault;
  /** Makes the checks, of the real types and the directed one; not started. */
  createChecks(options: Partial<ChecksOptions>): Checks;
}

/** @param mode `shared` beside the process of a test's own that serves. */
export async function openRoom(
  { url, folder, masterKey }: StorePlace,
  log: Log,
  mode: 'server' | 'shared' = 'server',
): Promise<Room> {
  const store = await openStore({ url, folder, mode, log });
  const vault = await openVault({ keyring: store.keyring, masterKey: Buffer.from(masterKey, 'hex') });
  const network = createNetwork({ policy: 'private', allow: [], egressAddresses: [] });
  return {
    store,
    vault,
    createChecks: (options) =>
      createChecks({
        store,
        vault,
        network,
        clock: systemClock,
        log,
        findType: (name) => (name === directedType.type ? directedType : findType(name)),
        options,
      }),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
    },
  };
}
