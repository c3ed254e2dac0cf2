import { AuthenticationError } from '@backstitch/client';
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/account.ts';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { NotFoundPage } from './fallback-pages.tsx';
import { Shell } from './shell.tsx';

interface Context {
  readonly queryClient: QueryClient;
}

export const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
});

export const signIn = createRoute({
  getParentRoute: () => root,
  path: 'sign-in',
  validateSearch: ({ to }: Record<string, unknown>): { to?: string } =>
    typeof to === 'string' ? { to } : {},
  component: () => <SignInPage to={signIn.useSearch().to} />,
});

/** Everything else is for those who are signed in. */
export const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  async beforeLoad({ context: { queryClient }, location }) {
    try {
      await queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { to: location.href } });
    }
  },
  component: Shell,
  notFoundComponent: NotFoundPage,
});

/** Whatever leads nowhere is said to, with the ways to everything else around it. */
export const nowhere = createRoute({ getParentRoute: () => signedIn, path: '$', component: NotFoundPage });
