import { queryOptions } from '@tanstack/react-query';
import { backstitch } from './backstitch.ts';

const { replays } = backstitch;

/** Newest first; asked for again while one goes on, since its loads are no loads of the source. */
export const replaysQuery = (sourceId: number) =>
  queryOptions({
    queryKey: ['sources', sourceId, 'replays'],
    queryFn: ({ signal }) => replays.list(sourceId, { signal }),
    refetchInterval: ({ state }) => (state.data?.some((replay) => replay.state === 'loading') ? 1500 : false),
  });

export const replayQuery = (sourceId: number, id: number) =>
  queryOptions({
    queryKey: ['sources', sourceId, 'replays', id],
    queryFn: ({ signal }) => replays.get(sourceId, id, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'loading' ? 700 : false),
  });
