import { AuthenticationError } from '@backstitch/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isUnreachable } from '../api/backstitch.ts';

/**
 * The state of the server as this page knows it. Nothing else in the console keeps any.
 * @param onSignedOut is told when a call finds that the session has ended.
 */
export const createQueryClient = (onSignedOut: () => void): QueryClient =>
  new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        if (error instanceof AuthenticationError && query.queryKey[0] !== 'session') onSignedOut();
      },
    }),
    mutationCache: new MutationCache({
      onError(error, _variables, _result, { options }) {
        if (error instanceof AuthenticationError && options.mutationKey?.[0] !== 'sign-in') onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 2000,
        // A server that restarts is back in a few seconds; what it refuses, it refuses again.
        retry: (count, error) => isUnreachable(error) && count < 1000,
        retryDelay: (count) => Math.min(500 * 2 ** count, 5000),
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
