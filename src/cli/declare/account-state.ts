import type * as wire from '@backstitch/client';

/** What an account has now, as far as a plan needs it. */
export interface AccountState {
  readonly destinations: readonly ExistingDestination[];
  /** Without deleted ones. */
  readonly sources: readonly wire.Source[];
}

export interface ExistingDestination {
  readonly destination: wire.Destination;
  /** What an update or a deletion is bound to. */
  readonly revision: string;
}

/** Reads everything that a plan may change, and by which revisions it is bound. @throws {BackstitchError} */
export async function readAccount(
  client: Pick<wire.Client, 'destinations' | 'sources'>,
): Promise<AccountState> {
  const [list, sources] = await Promise.all([client.destinations.list(), client.sources.list()]);
  const destinations: ExistingDestination[] = [];
  // One after another: an account has few, and a server is not to be flooded.
  for (const { id } of list) destinations.push(await client.destinations.get(id));
  return { destinations, sources: sources.filter(({ deleted_at: deletedAt }) => deletedAt === null) };
}
