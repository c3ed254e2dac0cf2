import type { Destination, Source, TableActivity } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { gapsQuery } from '../api/changes.ts';
import { checksQuery, destinationsQuery } from '../api/destinations.ts';
import { sourcesQuery } from '../api/sources.ts';
import { destinationState } from '../checks/summary.ts';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { LoadChart } from '../loads/load-chart.tsx';
import { TableList } from '../loads/table-list.tsx';
import { useActivity } from '../loads/use-tables.ts';
import { FirstSteps } from './first-steps.tsx';

/** The way to the first record, and afterwards how everything is. */
export function StartPage() {
  const destinations = useQuery(destinationsQuery);
  const sources = useQuery(sourcesQuery);
  const activity = useActivity(24);
  return (
    <Loaded query={destinations} lines={6} page="Overview">
      {(allDestinations) => (
        <Loaded query={sources} lines={6} page="Overview">
          {(allSources) => (
            <Loaded query={activity} lines={6} page="Overview">
              {(found) =>
                found.tables.some(({ last_loaded_at }) => last_loaded_at !== null) ? (
                  <Page title="Overview">
                    <Troubles destinations={allDestinations} sources={allSources} tables={found.tables} />
                    <section className="panel">
                      <h2>Rows in the past 24 hours</h2>
                      <LoadChart activity={found} />
                    </section>
                    <section className="panel">
                      <h2>Tables</h2>
                      <TableList tables={newest(found.tables)} of="everything" />
                      <p>
                        <Link to="/loads">All loads</Link>
                      </p>
                    </section>
                  </Page>
                ) : (
                  <FirstSteps destinations={allDestinations} sources={allSources} tables={found.tables} />
                )
              }
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

/** What fails stands first: that is what somebody came for. */
const newest = (tables: readonly TableActivity[]): readonly TableActivity[] =>
  tables
    .toSorted(
      (one, other) =>
        Number(other.error !== null) - Number(one.error !== null) ||
        (other.last_loaded_at ?? '').localeCompare(one.last_loaded_at ?? ''),
    )
    .slice(0, 10);

/** What somebody has to look after; nothing where all is well. */
function Troubles({
  destinations,
  sources,
  tables,
}: {
  readonly destinations: readonly Destination[];
  readonly sources: readonly Source[];
  readonly tables: readonly TableActivity[];
}) {
  const gaps = useQuery(gapsQuery).data ?? [];
  const unmapped = sources.filter(
    ({ id, destination_id }) =>
      destination_id === null && tables.some((table) => table.source_id === id && table.batches_waiting > 0),
  );
  return (
    <ul className="troubles">
      {destinations.map((destination) => (
        <DestinationTrouble key={destination.id} destination={destination} />
      ))}
      {gaps.map(({ sourceName, table, rows }) => (
        <li key={`${sourceName}.${table}`} data-tone="bad">
          <Link to="/changes">
            {renderQuantity(rows, 'row')} of {sourceName}.{table} {rows === 1 ? 'is' : 'are'} missing in the
            destination
          </Link>
        </li>
      ))}
      {unmapped.map(({ id, display_name }) => (
        <li key={id} data-tone="bad">
          <Link to="/sources/$id/settings" params={{ id }}>
            Records of {display_name} wait for a destination
          </Link>
        </li>
      ))}
    </ul>
  );
}

function DestinationTrouble({ destination }: { readonly destination: Destination }) {
  const checks = useQuery(checksQuery(destination.id)).data;
  if (!checks || destinationState(destination, checks).tone !== 'bad') return null;
  const { id, name } = destination;
  const failed = checks
    .find(({ status }) => status === 'failed')
    ?.steps.find(({ status }) => status === 'failed');
  return (
    <li data-tone="bad">
      <Link to="/destinations/$id" params={{ id }}>
        {name} cannot be loaded into
      </Link>
      {failed && <p>{failed.message}</p>}
    </li>
  );
}
