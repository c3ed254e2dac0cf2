import { accountContract } from './contract/accounts.ts';
import { anyOrderContract } from './contract/any-order.ts';
import { batchContract } from './contract/batches.ts';
import { checkContract } from './contract/checks.ts';
import { claimContract } from './contract/claims.ts';
import { destinationContract } from './contract/destinations.ts';
import { hookNewsContract } from './contract/hook-news.ts';
import { hookContract } from './contract/hooks.ts';
import { latelyContract } from './contract/lately.ts';
import { loadResultContract } from './contract/load-results.ts';
import { loadSuccessorContract } from './contract/load-successors.ts';
import { loadTimingContract } from './contract/load-timing.ts';
import { loadContract } from './contract/loads.ts';
import { recutContract } from './contract/recuts.ts';
import { replayContract } from './contract/replays.ts';
import { sessionContract } from './contract/sessions.ts';
import { smallAggregateContract } from './contract/small-aggregates.ts';
import { sourceContract } from './contract/sources.ts';
import { spoolContract } from './contract/spool.ts';
import { tokenContract } from './contract/tokens.ts';
import { vaultContract } from './contract/vault.ts';
import { writeContract } from './contract/writes.ts';
import type { StoreUnderTest } from './store-under-test.ts';

/** What holds for a store, whatever it is kept in. */
export function storeContract(on: StoreUnderTest): void {
  accountContract(on);
  tokenContract(on);
  sessionContract(on);
  smallAggregateContract(on);
  destinationContract(on);
  checkContract(on);
  claimContract(on);
  writeContract(on);
  spoolContract(on);
  sourceContract(on);
  batchContract(on);
  loadContract(on);
  loadResultContract(on);
  latelyContract(on);
  loadTimingContract(on);
  loadSuccessorContract(on);
  recutContract(on);
  replayContract(on);
  anyOrderContract(on);
  hookContract(on);
  hookNewsContract(on);
  vaultContract(on);
}
