import { createBoundedCache } from '../../lib/bounded-cache.ts';
import type { Source } from '../../model/source.ts';
import type { Store } from '../../store/store.ts';

/** Null: the account never had it. */
export type ReadSource = (accountId: number, id: number) => Source | null | Promise<Source | null>;

const keptSources = 10_000;

/** Where the store can tell that nothing was committed since, a source is not read again for each of many requests. */
export function createSourceReader({
  sources,
  lastCommit,
}: Pick<Store, 'sources' | 'lastCommit'>): ReadSource {
  const known = createBoundedCache<number, { readonly source: Source; readonly commit: number }>({
    maxSize: keptSources,
  });

  async function read(accountId: number, id: number, commit: number | undefined): Promise<Source | null> {
    const source = await sources.get(accountId, id);
    if (source !== null && commit !== undefined) known.set(id, { source, commit });
    return source;
  }

  return (accountId, id) => {
    const commit = lastCommit?.();
    const entry = known.get(id);
    if (entry?.commit === commit && entry?.source.accountId === accountId) return entry.source;
    return read(accountId, id, commit);
  };
}
