import type { Hook } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { destinationsQuery } from '../api/destinations.ts';
import { deliveriesQuery, hooksQuery } from '../api/hooks.ts';
import { Empty } from '../elements/empty.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { Status } from '../elements/status.tsx';
import { TimeAgo } from '../elements/time.tsx';
import { DeliveryState } from './delivery-list.tsx';
import { hookTypes } from './hook-types.ts';

/** Which URLs are told what happens. */
export function HooksPage() {
  const hooks = useQuery(hooksQuery);
  const create = (
    <Link to="/webhooks/new" className="button button-primary">
      New webhook
    </Link>
  );
  return (
    <Page title="Webhooks" actions={hooks.data?.length !== 0 && create}>
      <Loaded query={hooks}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="No webhook yet" action={create}>
              A webhook sends what happens to a destination to a URL of yours: each load, a table that cannot
              be loaded, rejected records, changed tables. Messages are signed, and sent again until they
              arrive.
            </Empty>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th>Is told of</th>
                  <th>Destination</th>
                  <th>URL</th>
                  <th>Last message</th>
                </tr>
              </thead>
              <tbody>
                {all.map((hook) => (
                  <Row key={hook.id} hook={hook} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Page>
  );
}

function Row({ hook }: { readonly hook: Hook }) {
  const destination = useQuery(destinationsQuery).data?.find(({ id }) => id === hook.destination_id);
  const [last] = useQuery(deliveriesQuery(hook.id, 1)).data ?? [];
  return (
    <tr>
      <td data-label="Is told of">
        <Link to="/webhooks/$id" params={{ id: hook.id }} className="row-link">
          {hookTypes[hook.type]}
        </Link>
      </td>
      <td data-label="Destination">{destination?.name ?? '…'}</td>
      <td data-label="URL">
        <code>{hook.config.url}</code>
      </td>
      <td data-label="Last message">
        {hook.disabled_at !== null ? (
          <Status tone="idle">Switched off</Status>
        ) : last === undefined ? (
          <span className="quiet">none yet</span>
        ) : (
          <>
            <DeliveryState delivery={last} /> <TimeAgo time={last.created_at} />
          </>
        )}
      </td>
    </tr>
  );
}
