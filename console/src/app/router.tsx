import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { activityRoutes } from './activity-routes.tsx';
import { destinationRoutes } from './destination-routes.tsx';
import { BrokenPage, NotFoundPage } from './fallback-pages.tsx';
import { hookRoutes } from './hook-routes.tsx';
import { nowhere, root, signedIn, signIn } from './root-routes.tsx';
import { sourceRoutes } from './source-routes.tsx';

const routes = root.addChildren([
  signIn,
  signedIn.addChildren([...activityRoutes, ...destinationRoutes, ...sourceRoutes, ...hookRoutes, nowhere]),
]);

/** Every view by its URL below `/console/`. */
export const createConsoleRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree: routes,
    basepath: '/console',
    context: { queryClient },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: BrokenPage,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
