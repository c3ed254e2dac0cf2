import type { Checks } from '../checks/checks.ts';
import type { Network } from '../network/network.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';
import type { SecretReuse } from './secret-reuse.ts';
import type { FindType } from './usable-type.ts';

/** What the rules of destinations work on. */
export interface DestinationsParts {
  readonly store: Pick<Store, 'destinations' | 'checks'>;
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  readonly checks: Pick<Checks, 'prove' | 'wait'>;
  readonly findType: FindType;
  readonly network: Pick<Network, 'policy'>;
  /**
   * Whether stored credentials may follow a change of host, port, tunnel or TLS without being given again.
   * `auto`: the network policy decides; `public` refuses, `private` allows.
   */
  readonly secretReuse: SecretReuse | 'auto';
  /** Destinations an account may have where its own quota says nothing; unlimited by default. */
  readonly destinationLimit?: number | null;
}
