import type { Account } from '../model/account.ts';
import type { Store } from '../store/store.ts';
import { existing } from './accounts.ts';
import { UsageError } from './usage-error.ts';

/**
 * The account that a command works on: the one named, or the only one there is.
 * @throws {Failure} InvalidId when the one named does not exist; UsageError when it must be named.
 */
export async function theAccount(store: Store, id: number | undefined): Promise<Account> {
  if (id !== undefined) return existing(await store.accounts.get(id), id);
  const accounts = await store.accounts.list({ partnerId: null });
  const [only, ...others] = accounts;
  if (!only) throw new UsageError('there are no accounts yet: backstitch accounts create');
  if (others.length > 0) {
    throw new UsageError(
      `there are ${accounts.length} accounts: add --account <id> (see backstitch accounts list)`,
    );
  }
  return only;
}
