import type { Account } from '../../model/account.ts';
import type { Destination } from '../../model/destination.ts';
import type { Source } from '../../model/source.ts';
import type { Store } from '../../store/store.ts';
import type { OriginalAccount } from './original-account.ts';

/** What of the original is here already, or in its way. */
export interface StateHere {
  readonly account: Account;
  readonly destinations: readonly Destination[];
  readonly sources: readonly Source[];
  /** Ids of the original's destinations that something here has, or had: of whichever account. */
  readonly takenDestinations: ReadonlySet<number>;
  readonly takenSources: ReadonlySet<number>;
}

export async function readStateHere(
  store: Pick<Store, 'destinations' | 'sources'>,
  account: Account,
  original: OriginalAccount,
): Promise<StateHere> {
  const { destinations, sources } = store;
  return {
    account,
    destinations: await destinations.list(account.id),
    sources: (await sources.list(account.id)).filter(({ deletedAt }) => deletedAt === null),
    takenDestinations: await takenOf(original.destinations, destinations),
    takenSources: await takenOf(original.sources, sources),
  };
}

async function takenOf(
  wanted: readonly { readonly id: number }[],
  store: { isTaken(id: number): Promise<boolean> },
): Promise<ReadonlySet<number>> {
  const taken = new Set<number>();
  for (const { id } of wanted) if (await store.isTaken(id)) taken.add(id);
  return taken;
}
