import type { Hook } from '@backstitch/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { backstitch, explain } from '../api/backstitch.ts';
import { destinationsQuery } from '../api/destinations.ts';
import { deliveriesQuery, hooksQuery } from '../api/hooks.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Notice } from '../elements/notice.tsx';
import { Page } from '../elements/page.tsx';
import { DeliveryList } from './delivery-list.tsx';
import { hookTypes } from './hook-types.ts';

const back = <Link to="/webhooks">Webhooks</Link>;

/** One webhook: what it is told, and what became of its messages. */
export function HookPage({ id }: { readonly id: number }) {
  const hooks = useQuery(hooksQuery);
  return (
    <Loaded query={hooks} lines={6} page="Webhook">
      {(all) => {
        const hook = all.find((each) => each.id === id);
        if (hook !== undefined) return <Found hook={hook} />;
        return (
          <Page title="Webhook" before={back}>
            <Notice tone="bad" title="There is nothing here.">
              <p>It may have been deleted, or the address is wrong.</p>
            </Notice>
          </Page>
        );
      }}
    </Loaded>
  );
}

function Found({ hook }: { readonly hook: Hook }) {
  const { id, type, destination_id, config, disabled_at } = hook;
  const destination = useQuery(destinationsQuery).data?.find((each) => each.id === destination_id);
  return (
    <Page title={hookTypes[type]} before={back} actions={<Actions hook={hook} />}>
      <dl className="facts">
        <dt>Destination</dt>
        <dd>
          <Link to="/destinations/$id" params={{ id: destination_id }}>
            {destination?.name ?? '…'}
          </Link>
        </dd>
        <dt>URL</dt>
        <dd>
          <code>{config.url}</code>
        </dd>
        <dt>Signed</dt>
        <dd>{config.signed ? 'yes, with the secret that was shown once' : 'no'}</dd>
        <dt>State</dt>
        <dd>{disabled_at === null ? 'switched on' : 'switched off: nothing is sent'}</dd>
      </dl>
      <Deliveries id={id} />
    </Page>
  );
}

function Actions({ hook: { id, disabled_at } }: { readonly hook: Hook }) {
  const client = useQueryClient();
  const isOff = disabled_at !== null;
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => backstitch.hooks.enable(id, isOff),
    onSettled: () => client.invalidateQueries({ queryKey: ['hooks'] }),
  });
  return (
    <>
      {error && <p className="field-error">{explain(error)}</p>}
      <BusyButton busy={isPending} onClick={mutate}>
        {isOff ? 'Switch on' : 'Switch off'}
      </BusyButton>
      <Link to="/webhooks/$id/delete" params={{ id }} className="button button-danger">
        Delete
      </Link>
    </>
  );
}

function Deliveries({ id }: { readonly id: number }) {
  const deliveries = useQuery(deliveriesQuery(id, 50));
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => backstitch.hooks.test(id),
    onSettled: () => client.invalidateQueries({ queryKey: ['hooks', id] }),
  });
  return (
    <section className="panel" aria-labelledby="messages-title">
      <header className="panel-header">
        <h2 id="messages-title">Messages</h2>
        <BusyButton kind="primary" busy={isPending} onClick={mutate}>
          Send a test
        </BusyButton>
      </header>
      {error && <p className="field-error">{explain(error)}</p>}
      <Loaded query={deliveries}>
        {(all) =>
          all.length === 0 ? (
            <p className="quiet">
              Nothing has happened that it would be told of. A test sends a sample at once; what ended is kept
              for a week.
            </p>
          ) : (
            <DeliveryList deliveries={all} />
          )
        }
      </Loaded>
    </section>
  );
}
