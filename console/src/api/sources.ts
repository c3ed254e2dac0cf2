import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { backstitch } from './backstitch.ts';

const { sources } = backstitch;

/** Those that are not deleted, oldest first. */
export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: async ({ signal }) =>
    (await sources.list({ signal })).filter(({ deleted_at }) => deleted_at === null),
});

export const sourceQuery = (id: number) =>
  queryOptions({
    queryKey: ['sources', id],
    queryFn: ({ signal }) => sources.get(id, { signal }),
  });

export const tokensQuery = (id: number) =>
  queryOptions({
    queryKey: ['sources', id, 'tokens'],
    queryFn: ({ signal }) => sources.tokens(id, { signal }),
  });

export const batchesQuery = (id: number) =>
  queryOptions({
    queryKey: ['sources', id, 'batches'],
    queryFn: ({ signal }) => sources.batches(id, { signal, limit: 20 }),
    // Beside the events, which a proxy may hold back.
    refetchInterval: 5000,
  });

/** Those that wait for somebody to act, newest first; of each kind a hundred at most. */
export const stuckBatchesQuery = (id: number) =>
  queryOptions({
    queryKey: ['sources', id, 'batches', 'stuck'],
    queryFn: async ({ signal }) => {
      const states = ['quarantined', 'blocked'] as const;
      const found = states.map((state) => sources.batches(id, { signal, state, limit: 100 }));
      return (await Promise.all(found)).flat();
    },
    // No event tells when one that somebody gave up is gone.
    refetchInterval: ({ state }) => (state.data?.length ? 1500 : 5000),
  });

export interface ActivityScope {
  readonly hours: number;
  readonly source?: number | undefined;
  readonly table?: string | undefined;
}

export const activityQuery = ({ hours, source, table }: ActivityScope) =>
  queryOptions({
    queryKey: ['activity', hours, source ?? null, table ?? null],
    queryFn: ({ signal }) =>
      sources.activity({
        signal,
        since: new Date(Date.now() - hours * 3_600_000).toISOString(),
        ...(source !== undefined && { sourceId: source }),
        ...(table !== undefined && { table }),
      }),
    // Lag and the right edge of a chart move although nothing happens.
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });

export const rejectedQuery = (id: number) =>
  queryOptions({
    queryKey: ['rejected', id],
    queryFn: ({ signal }) => sources.rejected(id, { signal }),
  });
