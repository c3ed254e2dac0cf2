import { createRoute, Outlet } from '@tanstack/react-router';
import { CheckTab } from '../destinations/check-tab.tsx';
import { DeleteDestination } from '../destinations/delete-destination.tsx';
import { DestinationPage } from '../destinations/destination-page.tsx';
import { DestinationsPage } from '../destinations/destinations-page.tsx';
import { HistoryTab } from '../destinations/history-tab.tsx';
import { ChooseTypePage, NewDestinationPage } from '../destinations/new-destination-page.tsx';
import { SettingsTab } from '../destinations/settings-tab.tsx';
import { byId } from './parameters.ts';
import { signedIn } from './root-routes.tsx';

const destinations = createRoute({
  getParentRoute: () => signedIn,
  path: 'destinations',
  component: DestinationsPage,
});
const chooseType = createRoute({
  getParentRoute: () => signedIn,
  path: 'destinations/new',
  component: ChooseTypePage,
});
const newDestination = createRoute({
  getParentRoute: () => signedIn,
  path: 'destinations/new/$type',
  component: () => <NewDestinationPage type={newDestination.useParams().type} />,
});
const destination = createRoute({
  getParentRoute: () => signedIn,
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

export const destinationRoutes = [
  destinations,
  chooseType,
  newDestination,
  destination.addChildren(destinationTabs),
] as const;
