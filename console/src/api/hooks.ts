import type { Hook } from '@backstitch/client';
import { queryOptions } from '@tanstack/react-query';
import { backstitch } from './backstitch.ts';

const { hooks } = backstitch;

/** Of all types, oldest first. */
export const hooksQuery = queryOptions({
  queryKey: ['hooks'],
  queryFn: async ({ signal }) =>
    (Object.values(await hooks.list({ signal })).flat() as readonly Hook[]).toSorted(
      (one, other) => one.id - other.id,
    ),
});

/** Newest first. No event tells of them. */
export const deliveriesQuery = (id: number, limit: number) =>
  queryOptions({
    queryKey: ['hooks', id, 'deliveries', limit],
    queryFn: ({ signal }) => hooks.deliveries(id, { signal, limit }),
    refetchInterval: ({ state }) =>
      state.data?.some((delivery) => delivery.state === 'waiting') ? 1000 : 15_000,
  });
