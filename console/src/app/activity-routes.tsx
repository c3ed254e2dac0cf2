import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { AccountPage } from '../account/account-page.tsx';
import type { ChangesSearch } from '../changes/changes-page.tsx';
import type { LoadsSearch } from '../loads/loads-page.tsx';
import { RejectedPage, type RejectedSearch } from '../rejected/rejected-page.tsx';
import { positive, text } from './parameters.ts';
import { signedIn } from './root-routes.tsx';

const start = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  component: lazyRouteComponent(() => import('../start/start-page.tsx'), 'StartPage'),
});

const LazyLoadsPage = lazyRouteComponent(() => import('../loads/loads-page.tsx'), 'LoadsPage');
const loads = createRoute({
  getParentRoute: () => signedIn,
  path: 'loads',
  validateSearch: (search: Record<string, unknown>): LoadsSearch => ({
    ...positive(search, 'source'),
    ...text(search, 'table'),
    ...positive(search, 'hours'),
  }),
  component: () => <LazyLoadsPage search={loads.useSearch()} />,
});
const rejected = createRoute({
  getParentRoute: () => signedIn,
  path: 'rejected',
  validateSearch: (search: Record<string, unknown>): RejectedSearch => ({
    ...positive(search, 'source'),
    ...text(search, 'table'),
  }),
  component: () => <RejectedPage search={rejected.useSearch()} />,
});
const LazyChangesPage = lazyRouteComponent(() => import('../changes/changes-page.tsx'), 'ChangesPage');
const changes = createRoute({
  getParentRoute: () => signedIn,
  path: 'changes',
  validateSearch: (search: Record<string, unknown>): ChangesSearch => ({
    ...positive(search, 'source'),
    ...text(search, 'table'),
    ...positive(search, 'page'),
  }),
  component: () => <LazyChangesPage search={changes.useSearch()} />,
});
const account = createRoute({ getParentRoute: () => signedIn, path: 'account', component: AccountPage });

/** What happened and how it stands, of everything. */
export const activityRoutes = [start, loads, rejected, changes, account] as const;
