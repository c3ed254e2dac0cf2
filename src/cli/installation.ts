import type { Checks } from '../checks/checks.ts';
import type { Accounts, Destinations, Sources } from '../control/control.ts';
import type { Replays } from '../control/replays.ts';
import type { Network } from '../network/network.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';

/** What the commands work on: the parts of a server, without its HTTP side, on the same data. */
export interface Installation extends AsyncDisposable {
  readonly store: Store;
  readonly vault: Vault;
  readonly network: Network;
  readonly accounts: Accounts;
  readonly destinations: Destinations;
  readonly sources: Sources;
  readonly replays: Replays;
  /** Runs checks in this process once it is started, so that one can be waited for where no server runs. */
  readonly checks: Checks;
  /**
   * The API as a server of this installation answers it, in this process, on no port, to the operator: every call is one
   * of the account and needs no token. Dispose it before the installation.
   */
  answer(accountId: number): Promise<ApiInProcess>;
}

/** Answers requests as if they had come over HTTP. */
export interface ApiInProcess extends AsyncDisposable {
  /** Streams included; an aborted signal ends them. */
  readonly fetch: typeof globalThis.fetch;
}
