import { AuthenticationError } from '@backstitch/client';
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { AccountPage } from '../account/account-page.tsx';
import { sessionQuery } from '../api/account.ts';
import { CheckTab } from '../destinations/check-tab.tsx';
import { DeleteDestination } from '../destinations/delete-destination.tsx';
import { DestinationPage } from '../destinations/destination-page.tsx';
import { DestinationsPage } from '../destinations/destinations-page.tsx';
import { HistoryTab } from '../destinations/history-tab.tsx';
import { ChooseTypePage, NewDestinationPage } from '../destinations/new-destination-page.tsx';
import { SettingsTab } from '../destinations/settings-tab.tsx';
import { Empty } from '../elements/empty.tsx';
import { Notice } from '../elements/notice.tsx';
import { Page } from '../elements/page.tsx';
import type { LoadsSearch } from '../loads/loads-page.tsx';
import { RejectedPage, type RejectedSearch } from '../rejected/rejected-page.tsx';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { DeleteSource } from '../sources/delete-source.tsx';
import { IssueToken } from '../sources/issue-token.tsx';
import { NewSourcePage } from '../sources/new-source-page.tsx';
import { RecordsTab } from '../sources/records-tab.tsx';
import { RevokeToken } from '../sources/revoke-token.tsx';
import { SourcePage } from '../sources/source-page.tsx';
import { SourceSettings } from '../sources/source-settings.tsx';
import { SourcesPage } from '../sources/sources-page.tsx';
import { Shell } from './shell.tsx';

interface Context {
  readonly queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFoundPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: 'sign-in',
  validateSearch: ({ to }: Record<string, unknown>): { to?: string } =>
    typeof to === 'string' ? { to } : {},
  component: () => <SignInPage to={signIn.useSearch().to} />,
});

/** Everything else is for those who are signed in. */
const signedIn = createRoute({
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

const under = () => signedIn;
const byId = {
  parse: ({ id }: { id: string }) => ({ id: parseId(id) }),
  stringify: ({ id }: { id: number }) => ({ id: String(id) }),
};

const start = createRoute({
  getParentRoute: under,
  path: '/',
  component: lazyRouteComponent(() => import('../start/start-page.tsx'), 'StartPage'),
});

const destinations = createRoute({
  getParentRoute: under,
  path: 'destinations',
  component: DestinationsPage,
});
const chooseType = createRoute({
  getParentRoute: under,
  path: 'destinations/new',
  component: ChooseTypePage,
});
const newDestination = createRoute({
  getParentRoute: under,
  path: 'destinations/new/$type',
  component: () => <NewDestinationPage type={newDestination.useParams().type} />,
});
const destination = createRoute({
  getParentRoute: under,
  path: 'destinations/$id',
  params: byId,
  component: () => <DestinationPage id={destination.useParams().id} />,
});
const ofDestination = () => destination;
/** What stays in sight behind the dialogs about a destination. */
const checkTab = createRoute({
  getParentRoute: ofDestination,
  id: 'check',
  component: () => (
    <>
      <CheckTab id={destination.useParams().id} />
      <Outlet />
    </>
  ),
});
const destinationTabs = [
  checkTab.addChildren([
    createRoute({ getParentRoute: () => checkTab, path: '/' }),
    createRoute({
      getParentRoute: () => checkTab,
      path: 'delete',
      component: () => <DeleteDestination id={destination.useParams().id} />,
    }),
  ]),
  createRoute({
    getParentRoute: ofDestination,
    path: 'settings',
    component: () => <SettingsTab id={destination.useParams().id} />,
  }),
  createRoute({
    getParentRoute: ofDestination,
    path: 'history',
    component: () => <HistoryTab id={destination.useParams().id} />,
  }),
] as const;

const sources = createRoute({ getParentRoute: under, path: 'sources', component: SourcesPage });
const newSource = createRoute({ getParentRoute: under, path: 'sources/new', component: NewSourcePage });
const source = createRoute({
  getParentRoute: under,
  path: 'sources/$id',
  params: byId,
  component: () => <SourcePage id={source.useParams().id} />,
});
const ofSource = () => source;
/** What stays in sight behind the dialogs about a source. */
const recordsTab = createRoute({
  getParentRoute: ofSource,
  id: 'records',
  component: () => (
    <>
      <RecordsTab id={source.useParams().id} />
      <Outlet />
    </>
  ),
});
const ofRecords = () => recordsTab;
const revoke = createRoute({
  getParentRoute: ofRecords,
  path: 'revoke/$token',
  params: {
    parse: ({ token }: { token: string }) => ({ token: parseId(token) }),
    stringify: ({ token }: { token: number }) => ({ token: String(token) }),
  },
  component: () => <RevokeToken {...revoke.useParams()} />,
});
const sourceTabs = [
  recordsTab.addChildren([
    createRoute({ getParentRoute: ofRecords, path: '/' }),
    createRoute({
      getParentRoute: ofRecords,
      path: 'token',
      component: () => <IssueToken id={source.useParams().id} />,
    }),
    revoke,
    createRoute({
      getParentRoute: ofRecords,
      path: 'delete',
      component: () => <DeleteSource id={source.useParams().id} />,
    }),
  ]),
  createRoute({
    getParentRoute: ofSource,
    path: 'settings',
    component: () => <SourceSettings id={source.useParams().id} />,
  }),
] as const;

const LazyLoadsPage = lazyRouteComponent(() => import('../loads/loads-page.tsx'), 'LoadsPage');
const loads = createRoute({
  getParentRoute: under,
  path: 'loads',
  validateSearch: (search: Record<string, unknown>): LoadsSearch => ({
    ...positive(search, 'source'),
    ...text(search, 'table'),
    ...positive(search, 'hours'),
  }),
  component: () => <LazyLoadsPage search={loads.useSearch()} />,
});
const rejected = createRoute({
  getParentRoute: under,
  path: 'rejected',
  validateSearch: (search: Record<string, unknown>): RejectedSearch => ({
    ...positive(search, 'source'),
    ...text(search, 'table'),
  }),
  component: () => <RejectedPage search={rejected.useSearch()} />,
});
const account = createRoute({ getParentRoute: under, path: 'account', component: AccountPage });

const routes = root.addChildren([
  signIn,
  signedIn.addChildren([
    start,
    destinations,
    chooseType,
    newDestination,
    destination.addChildren(destinationTabs),
    sources,
    newSource,
    source.addChildren(sourceTabs),
    loads,
    rejected,
    account,
  ]),
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

function parseId(text: string): number {
  const id = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (id === 0) throw notFound();
  return id;
}

const positive = <Name extends string>(search: Record<string, unknown>, name: Name) => {
  const number = Number(search[name]);
  return (Number.isSafeInteger(number) && number > 0 ? { [name]: number } : {}) as { [key in Name]?: number };
};

/** A table may be called `1`, which a query has as a number. */
const text = <Name extends string>(search: Record<string, unknown>, name: Name) =>
  (search[name] === undefined ? {} : { [name]: String(search[name]) }) as { [key in Name]?: string };

function NotFoundPage() {
  return (
    <Page title="Not found" heading="There is no such page">
      <Empty
        title="Nothing here"
        action={
          <Link to="/" className="button button-primary">
            To the start
          </Link>
        }
      >
        The address is wrong, or what was here is gone.
      </Empty>
    </Page>
  );
}

function BrokenPage({ error }: { readonly error: unknown }) {
  return (
    <Page title="Error" heading="This view does not work">
      <Notice tone="bad" title={error instanceof Error ? error.message : 'Something went wrong.'}>
        <button type="button" className="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </Notice>
    </Page>
  );
}
