import type { CreateDestination, UpdateDestination } from '@backstitch/client';
import { queryOptions } from '@tanstack/react-query';
import { backstitch } from './backstitch.ts';

const { destinations } = backstitch;

export const destinationsQuery = queryOptions({
  queryKey: ['destinations'],
  queryFn: ({ signal }) => destinations.list({ signal }),
});

/** With the revision that its settings are at. */
export const destinationQuery = (id: number) =>
  queryOptions({
    queryKey: ['destinations', id],
    queryFn: ({ signal }) => destinations.get(id, { signal }),
  });

/** Newest first. Asked again and again while one runs, for browsers whose events do not come through. */
export const checksQuery = (id: number) =>
  queryOptions({
    queryKey: ['destinations', id, 'checks'],
    queryFn: ({ signal }) => destinations.checks(id, { signal, limit: 50 }),
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'running') ? 700 : false),
  });

export const historyQuery = (id: number) =>
  queryOptions({
    queryKey: ['destinations', id, 'history'],
    queryFn: ({ signal }) => destinations.history(id, { signal, limit: 100 }),
  });

/** These two change only with the program. */
export const formsQuery = queryOptions({
  queryKey: ['forms'],
  queryFn: ({ signal }) => destinations.forms({ signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const reportCardQuery = (type: string) =>
  queryOptions({
    queryKey: ['report-card', type],
    queryFn: ({ signal }) => destinations.type(type, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export type Properties = CreateDestination['properties'];
export type DestinationDraft = Omit<CreateDestination, 'type'> & UpdateDestination;
