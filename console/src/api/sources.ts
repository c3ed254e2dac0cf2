import type { Activity, Batch, RejectedTable, RetriedRecords, Source } from '@backstitch/client';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, send } from './call.ts';

/** Those that are not deleted, oldest first. */
export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: async ({ signal }) => {
    const all = await call<readonly Source[]>('GET', '/v4/sources', { signal });
    return all.filter(({ deleted_at }) => deleted_at === null);
  },
});

export const sourceQuery = (id: number) =>
  queryOptions({
    queryKey: ['sources', id],
    queryFn: ({ signal }) => call<Source>('GET', `/v4/sources/${id}`, { signal }),
  });

export const tokensQuery = (id: number) =>
  queryOptions({
    queryKey: ['sources', id, 'tokens'],
    queryFn: ({ signal }) => call<readonly number[]>('GET', `/v4/sources/${id}/tokens`, { signal }),
  });

export const batchesQuery = (id: number) =>
  queryOptions({
    queryKey: ['sources', id, 'batches'],
    queryFn: ({ signal }) => call<readonly Batch[]>('GET', `/v4/sources/${id}/batches?limit=20`, { signal }),
    // Beside the events, which a proxy may hold back.
    refetchInterval: 5000,
  });

export interface ActivityScope {
  readonly hours: number;
  readonly source?: number | undefined;
  readonly table?: string | undefined;
}

/** @param accountId undefined: it is not known yet. */
export const activityQuery = (accountId: number | undefined, { hours, source, table }: ActivityScope) =>
  queryOptions({
    queryKey: ['activity', accountId ?? null, hours, source ?? null, table ?? null],
    queryFn: ({ signal }) => {
      const since = new Date(Date.now() - hours * 3_600_000).toISOString();
      const query = new URLSearchParams({ since });
      if (source !== undefined) query.set('source_id', String(source));
      if (table !== undefined) query.set('table', table);
      return call<Activity>('GET', `/v4/${accountId}/activity?${query}`, { signal });
    },
    // Lag and the right edge of a chart move although nothing happens.
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
    enabled: accountId !== undefined,
  });

export const rejectedQuery = (id: number) =>
  queryOptions({
    queryKey: ['rejected', id],
    queryFn: ({ signal }) => call<readonly RejectedTable[]>('GET', `/v4/sources/${id}/rejected`, { signal }),
  });

export const createSource = (body: {
  readonly display_name: string;
  readonly destination_id: number | null;
  readonly properties: Source['properties'];
}): Promise<Source> => call('POST', '/v4/sources', { body: { type: 'import_api', ...body } });

export const updateSource = (
  id: number,
  body: {
    readonly display_name?: string;
    readonly destination_id?: number | null;
    readonly paused_at?: string | null;
    readonly properties?: Readonly<Record<string, string | null>>;
  },
): Promise<Source> => call('PUT', `/v4/sources/${id}`, { body });

/** How many batches it discarded that had not been loaded. */
export async function deleteSource(id: number): Promise<number> {
  const answer = await send('DELETE', `/v4/sources/${id}`);
  return Number(answer.headers.get('backstitch-discarded-batches') ?? 0);
}

/** The one answer that shows the token. */
export const issueToken = (id: number): Promise<{ readonly id: number; readonly access_token: string }> =>
  call('POST', `/v4/sources/${id}/tokens`);

export const revokeToken = (id: number, token: number): Promise<Source> =>
  call('DELETE', `/v4/sources/${id}/tokens/${token}`);

export const retryRejected = (id: number, table: string): Promise<RetriedRecords> =>
  call('POST', `/v4/sources/${id}/rejected/retry`, { body: { table } });
