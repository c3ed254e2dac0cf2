import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { destinationQuery } from '../api/destinations.ts';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { DestinationStatus } from './destinations-page.tsx';

/** One destination: its head, and below it what the tab shows. */
export function DestinationPage({ id }: { readonly id: number }) {
  const destination = useQuery(destinationQuery(id));
  return (
    <Loaded query={destination} lines={6} page="Destination">
      {({ destination: found }) => (
        <Page
          title={found.name}
          before={<Link to="/destinations">Destinations</Link>}
          actions={<DestinationStatus destination={found} />}
        >
          <nav className="tabs" aria-label="Destination">
            <Link to="/destinations/$id" params={{ id }} activeOptions={{ exact: true }}>
              Check
            </Link>
            <Link to="/destinations/$id/settings" params={{ id }}>
              Settings
            </Link>
            <Link to="/destinations/$id/history" params={{ id }}>
              History
            </Link>
            <Link to="/destinations/$id/delete" params={{ id }}>
              Delete
            </Link>
          </nav>
          <Outlet />
        </Page>
      )}
    </Loaded>
  );
}
