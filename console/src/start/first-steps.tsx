import type { Destination, Source, TableActivity } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { checksQuery } from '../api/destinations.ts';
import { destinationState } from '../checks/summary.ts';
import { Page } from '../elements/page.tsx';
import { renderQuantity } from '../elements/quantity.ts';

type Progress = 'done' | 'next' | 'later';

/** The three steps from nothing to the first record. */
export function FirstSteps({
  destinations,
  sources,
  tables,
}: {
  readonly destinations: readonly Destination[];
  readonly sources: readonly Source[];
  readonly tables: readonly TableActivity[];
}) {
  const [destination] = destinations;
  const [source] = sources;
  const waiting = tables.reduce((sum, { batches_waiting }) => sum + batches_waiting, 0);
  return (
    <Page title="Get started" heading="From nothing to the first record">
      <ol className="first-steps">
        <Step
          title="Connect a destination"
          text="The database or storage that your records go into. It is tested on the way, and you see what is missing."
          progress={destination ? 'done' : 'next'}
        >
          {destination ? (
            <DestinationLine destination={destination} />
          ) : (
            <Link to="/destinations/new" className="button button-primary">
              New destination
            </Link>
          )}
        </Step>
        <Step
          title="Make a source"
          text="A program that sends records. It gets a schema of its own, and a token."
          progress={source ? 'done' : destination ? 'next' : 'later'}
        >
          {source ? (
            <Link to="/sources/$id" params={{ id: source.id }}>
              {source.display_name}
            </Link>
          ) : (
            destination && (
              <Link to="/sources/new" className="button button-primary">
                New source
              </Link>
            )
          )}
        </Step>
        <Step
          title="Send a record"
          text="With one call that you can copy. It is safe as soon as it is answered, and in its table a moment later."
          progress={source ? 'next' : 'later'}
        >
          {waiting > 0 ? (
            <span role="status">{renderQuantity(waiting, 'batch', 'batches')} waiting to be loaded …</span>
          ) : (
            source && (
              <Link to="/sources/$id/token" params={{ id: source.id }} className="button button-primary">
                Issue a token
              </Link>
            )
          )}
        </Step>
      </ol>
    </Page>
  );
}

function Step({
  title,
  text,
  progress,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly progress: Progress;
  readonly children: ReactNode;
}) {
  return (
    <li data-progress={progress} aria-current={progress === 'next' ? 'step' : undefined}>
      <h2>
        {title}
        {progress === 'done' && <span className="visually-hidden">: done</span>}
      </h2>
      <p>{text}</p>
      {children}
    </li>
  );
}

function DestinationLine({ destination }: { readonly destination: Destination }) {
  const checks = useQuery(checksQuery(destination.id)).data;
  const { id, name } = destination;
  return (
    <Link to="/destinations/$id" params={{ id }}>
      {name}
      {checks && `: ${destinationState(destination, checks).text.toLowerCase()}`}
    </Link>
  );
}
