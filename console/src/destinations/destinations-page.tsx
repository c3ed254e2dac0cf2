import type { Destination, Source } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { checksQuery, destinationsQuery, formsQuery } from '../api/destinations.ts';
import { sourcesQuery } from '../api/sources.ts';
import { destinationState } from '../checks/summary.ts';
import { Empty } from '../elements/empty.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { Status } from '../elements/status.tsx';
import { Elapsed, TimeAgo } from '../elements/time.tsx';
import { useTables } from '../loads/use-tables.ts';

/** Every destination, and how it stands. */
export function DestinationsPage() {
  const destinations = useQuery(destinationsQuery);
  const sources = useQuery(sourcesQuery).data ?? [];
  const create = (
    <Link to="/destinations/new" className="button button-primary">
      New destination
    </Link>
  );
  return (
    <Page title="Destinations" actions={destinations.data?.length !== 0 && create}>
      <Loaded query={destinations}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="No destination yet" action={create}>
              A destination is the database or storage that your records go into. You need its address and a
              user that may create tables; what is missing is said step by step.
            </Empty>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th>Name</th>
                  <th>State</th>
                  <th>Type</th>
                  <th>Sources</th>
                  <th>Last load</th>
                </tr>
              </thead>
              <tbody>
                {all.map((destination) => (
                  <Row key={destination.id} destination={destination} sources={sources} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Page>
  );
}

function Row({
  destination,
  sources,
}: {
  readonly destination: Destination;
  readonly sources: readonly Source[];
}) {
  const { id, name, type } = destination;
  const title = useQuery(formsQuery).data?.find((form) => form.type === type)?.title ?? type;
  const mapped = sources.filter(({ destination_id }) => destination_id === id);
  return (
    <tr>
      <td data-label="Name">
        <Link to="/destinations/$id" params={{ id }} className="row-link">
          {name}
        </Link>
      </td>
      <td data-label="State">
        <DestinationStatus destination={destination} />
      </td>
      <td data-label="Type">{title}</td>
      <td data-label="Sources">
        {mapped.length === 0 ? 'none' : mapped.map((each) => each.display_name).join(', ')}
      </td>
      <td data-label="Last load">
        <LastLoad sources={mapped} />
      </td>
    </tr>
  );
}

/** Whether records can arrive there, as far as is known. */
export function DestinationStatus({ destination }: { readonly destination: Destination }) {
  const checks = useQuery(checksQuery(destination.id));
  if (checks.data === undefined) return <span className="quiet">…</span>;
  const { tone, text, since } = destinationState(destination, checks.data);
  return (
    <Status tone={tone}>
      {text}
      {since !== null && (
        <>
          {' for '}
          <Elapsed since={since} />
        </>
      )}
    </Status>
  );
}

function LastLoad({ sources }: { readonly sources: readonly Source[] }) {
  const ids = new Set(sources.map(({ id }) => id));
  const times = useTables()
    .filter(({ source_id }) => ids.has(source_id))
    .flatMap(({ last_loaded_at }) => last_loaded_at ?? []);
  const last = times.sort().at(-1);
  return last === undefined ? <span className="quiet">never</span> : <TimeAgo time={last} />;
}
