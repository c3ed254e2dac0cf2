import type {
  ConnectionCheckWithSteps as Check,
  Destination,
  DestinationChange,
  DestinationForm,
  DestinationType,
  Hook,
  Json,
  TryOutResult,
} from '@backstitch/client';
import { queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';

export const destinationsQuery = queryOptions({
  queryKey: ['destinations'],
  queryFn: ({ signal }) => call<readonly Destination[]>('GET', '/v4/destinations', { signal }),
});

export const destinationQuery = (id: number) =>
  queryOptions({
    queryKey: ['destinations', id],
    queryFn: ({ signal }) => call<Destination>('GET', `/v4/destinations/${id}`, { signal }),
  });

/** Newest first. Asked again and again while one runs, for browsers whose events do not come through. */
export const checksQuery = (id: number) =>
  queryOptions({
    queryKey: ['destinations', id, 'checks'],
    queryFn: ({ signal }) =>
      call<readonly Check[]>('GET', `/v4/destinations/${id}/checks?limit=50`, { signal }),
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'running') ? 700 : false),
  });

export const historyQuery = (id: number) =>
  queryOptions({
    queryKey: ['destinations', id, 'history'],
    queryFn: ({ signal }) =>
      call<readonly DestinationChange[]>('GET', `/v4/destinations/${id}/history?limit=100`, { signal }),
  });

/** These two change only with the program. */
export const formsQuery = queryOptions({
  queryKey: ['forms'],
  queryFn: ({ signal }) => call<readonly DestinationForm[]>('GET', '/v4/destination-forms', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const reportCardQuery = (type: string) =>
  queryOptions({
    queryKey: ['report-card', type],
    queryFn: ({ signal }) => call<DestinationType>('GET', `/v4/destination-types/${type}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const hooksQuery = queryOptions({
  queryKey: ['hooks'],
  queryFn: async ({ signal }) => {
    const path = '/notifications/public/v1/api/hooks';
    const byType = await call<Readonly<Record<string, readonly Hook[]>>>('GET', path, { signal });
    return Object.values(byType).flat();
  },
});

export type Properties = Readonly<Record<string, Json | null>>;

export interface DestinationDraft {
  readonly name?: string;
  readonly properties: Properties;
}

export const tryOut = (type: string, properties: Properties): Promise<TryOutResult> =>
  call('POST', `/v4/destination-types/${type}/check`, { body: { properties } });

/** @param proved whether it is stored only if a check of it succeeds. */
export const createDestination = (
  type: string,
  draft: DestinationDraft,
  proved: boolean,
): Promise<Destination> =>
  call('POST', '/v4/destinations', { body: { type, ...draft }, headers: preference(proved) });

/** As {@link createDestination}; nothing is overwritten that somebody else has changed meanwhile. */
export const updateDestination = (
  id: number,
  draft: Partial<DestinationDraft>,
  { proved, revision }: { proved: boolean; revision: number | undefined },
): Promise<Destination> =>
  call('PUT', `/v4/destinations/${id}`, {
    body: draft,
    headers: { ...preference(proved), ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }) },
  });

const preference = (proved: boolean): Readonly<Record<string, string>> =>
  proved ? { prefer: 'handling=strict' } : {};

export const startCheck = (id: number): Promise<Check> => call('POST', `/v4/destinations/${id}/check`);

export const acceptHostKey = (id: number): Promise<Check> =>
  call('POST', `/v4/destinations/${id}/ssh-host-key`);

export const deleteDestination = (id: number): Promise<unknown> => call('DELETE', `/v4/destinations/${id}`);
