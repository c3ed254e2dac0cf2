import { queryOptions } from '@tanstack/react-query';
import { backstitch } from './backstitch.ts';

/** @throws {AuthenticationError} where this browser is not signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => backstitch.sessions.current({ signal }),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: ({ signal }) => backstitch.account({ signal }),
  staleTime: 60_000,
});
