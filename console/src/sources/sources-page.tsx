import type { Source } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { destinationsQuery } from '../api/destinations.ts';
import { sourcesQuery } from '../api/sources.ts';
import { Empty } from '../elements/empty.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { renderCount } from '../elements/quantity.ts';
import { Said } from '../elements/said.tsx';
import { TimeAgo } from '../elements/time.tsx';
import { useTables } from '../loads/use-tables.ts';
import { SourceStatus } from './source-status.tsx';

/** Where records come from. */
export function SourcesPage() {
  const sources = useQuery(sourcesQuery);
  const create = (
    <Link to="/sources/new" className="button button-primary">
      New source
    </Link>
  );
  return (
    <Page title="Sources" actions={sources.data?.length !== 0 && create}>
      <Said />
      <Loaded query={sources}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="No source yet" action={create}>
              A source is a program that sends records. Its name becomes a schema in the destination, and it
              has a token that may send records and nothing else.
            </Empty>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th>Name</th>
                  <th>State</th>
                  <th>Destination</th>
                  <th className="number">Waiting</th>
                  <th className="number">Rows, 24 h</th>
                  <th>Last load</th>
                </tr>
              </thead>
              <tbody>
                {all.map((source) => (
                  <Row key={source.id} source={source} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Page>
  );
}

function Row({ source }: { readonly source: Source }) {
  const { id, display_name, destination_id } = source;
  const tables = useTables().filter(({ source_id }) => source_id === id);
  const waiting = tables.reduce((sum, { batches_waiting }) => sum + batches_waiting, 0);
  const rows = tables.reduce((sum, { rows_loaded }) => sum + rows_loaded, 0);
  const last = tables
    .flatMap(({ last_loaded_at }) => last_loaded_at ?? [])
    .sort()
    .at(-1);
  return (
    <tr>
      <td data-label="Name">
        <Link to="/sources/$id" params={{ id }} className="row-link">
          {display_name}
        </Link>
      </td>
      <td data-label="State">
        <SourceStatus source={source} />
      </td>
      <td data-label="Destination">
        <DestinationName id={destination_id} />
      </td>
      <td data-label="Waiting" className="number">
        {renderCount(waiting)}
      </td>
      <td data-label="Rows, 24 h" className="number">
        {renderCount(rows)}
      </td>
      <td data-label="Last load">
        {last === undefined ? <span className="quiet">never</span> : <TimeAgo time={last} />}
      </td>
    </tr>
  );
}

/** Where the records of a source go, with the way there. */
function DestinationName({ id }: { readonly id: number | null }) {
  const destinations = useQuery(destinationsQuery);
  if (id === null) return <span className="quiet">none</span>;
  const found = destinations.data?.find((each) => each.id === id);
  if (found === undefined) return <span className="quiet">{destinations.data ? 'deleted' : '…'}</span>;
  return (
    <Link to="/destinations/$id" params={{ id }}>
      {found.name}
    </Link>
  );
}
