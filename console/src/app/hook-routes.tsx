import { createRoute, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { byId, positive } from './parameters.ts';
import { signedIn } from './root-routes.tsx';

const LazyHookPage = lazyRouteComponent(() => import('../hooks/hook-page.tsx'), 'HookPage');
const LazyNewHookPage = lazyRouteComponent(() => import('../hooks/new-hook-page.tsx'), 'NewHookPage');
const LazyDeleteHook = lazyRouteComponent(() => import('../hooks/delete-hook.tsx'), 'DeleteHook');

const hooks = createRoute({
  getParentRoute: () => signedIn,
  path: 'webhooks',
  component: lazyRouteComponent(() => import('../hooks/hooks-page.tsx'), 'HooksPage'),
});
const newHook = createRoute({
  getParentRoute: () => signedIn,
  path: 'webhooks/new',
  validateSearch: (search: Record<string, unknown>): { destination?: number } =>
    positive(search, 'destination'),
  component: () => <LazyNewHookPage destination={newHook.useSearch().destination} />,
});
const hook = createRoute({
  getParentRoute: () => signedIn,
  path: 'webhooks/$id',
  params: byId,
  component: () => (
    <>
      <LazyHookPage id={hook.useParams().id} />
      <Outlet />
    </>
  ),
});
const deleteHook = createRoute({
  getParentRoute: () => hook,
  path: 'delete',
  component: () => <LazyDeleteHook id={hook.useParams().id} />,
});

export const hookRoutes = [hooks, newHook, hook.addChildren([deleteHook])] as const;
