import { accountContract } from './contract/accounts.ts';
import { checkContract } from './contract/checks.ts';
import { claimContract } from './contract/claims.ts';
import { destinationContract } from './contract/destinations.ts';
import { smallAggregateContract } from './contract/small-aggregates.ts';
import { spoolContract } from './contract/spool.ts';
import { tokenContract } from './contract/tokens.ts';
import { vaultContract } from './contract/vault.ts';
import { writeContract } from './contract/writes.ts';
import type { StoreUnderTest } from './store-under-test.ts';

/** What holds for a store, whatever it is kept in. */
export function storeContract(on: StoreUnderTest): void {
  accountContract(on);
  tokenContract(on);
  smallAggregateContract(on);
  destinationContract(on);
  checkContract(on);
  claimContract(on);
  writeContract(on);
  spoolContract(on);
  vaultContract(on);
}
