import type { Account, Session } from '@backstitch/client';
import { queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';

/** @throws {ApiError} 401 where this browser is not signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => call<Session>('GET', '/v4/session', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: ({ signal }) => call<Account>('GET', '/v4/account', { signal }),
  staleTime: 60_000,
});

export const signInWithToken = (token: string): Promise<Session> =>
  call('POST', '/v4/session', { body: { access_token: token } });

/** With what a partner's link carries; works once. */
export const signInWithLink = (ephemeralToken: string): Promise<Session> =>
  call('POST', '/v4/session', { body: { ephemeral_token: ephemeralToken } });

export const signOut = (): Promise<unknown> => call('DELETE', '/v4/session');
