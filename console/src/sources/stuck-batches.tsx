import type { Batch } from '@backstitch/client';
import { Link } from '@tanstack/react-router';
import { Remedy } from '../checks/check-steps.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { Status } from '../elements/status.tsx';
import { TimeAgo } from '../elements/time.tsx';
import { WaitReason } from './wait-reason.tsx';

/** Batches that are not loaded until somebody acts: why, what helps, and giving them up. Nothing where there are none. */
export function StuckBatches({
  batches: stuck,
  sourceId,
  destinationId,
}: {
  readonly batches: readonly Batch[];
  readonly sourceId: number;
  readonly destinationId: number | null;
}) {
  if (stuck.length === 0) return null;
  const groups = Map.groupBy(stuck, (batch) => `${batch.table_name}\n${reasonOf(batch)}`);
  return (
    <section className="panel panel-bad" aria-labelledby="stuck-title">
      <h2 id="stuck-title">Waiting for you</h2>
      <ul className="plain-list">
        {[...groups].map(([key, batches]) => (
          <li key={key} className="stuck">
            <Group batches={batches} sourceId={sourceId} destinationId={destinationId} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const reasonOf = ({ state, waits_for, last_error_details: error }: Batch): string =>
  `${state} ${waits_for?.code ?? error?.message}`;

/** Batches of one table that wait for the same. */
function Group({
  batches,
  sourceId,
  destinationId,
}: {
  readonly batches: readonly Batch[];
  readonly sourceId: number;
  readonly destinationId: number | null;
}) {
  const [first] = batches;
  if (first === undefined) return null;
  const { table_name, state, waits_for, last_error_details: error } = first;
  return (
    <>
      <p>
        <Status tone={state === 'quarantined' ? 'bad' : 'warn'}>
          <span>
            <code>{table_name}</code>:{' '}
            {state === 'quarantined' ? 'set aside, never loaded' : 'not loaded until somebody acts'}
          </span>
        </Status>
      </p>
      {waits_for && <WaitReason reason={waits_for} sourceId={sourceId} destinationId={destinationId} />}
      {error && <p>{error.message}</p>}
      {error?.remedy && <Remedy text={error.remedy} />}
      <ul className="plain-list">
        {batches.map((batch) => (
          <li key={batch.id} className="row">
            <span>
              {renderQuantity(batch.records, 'record')}, <TimeAgo time={batch.received_at} />
            </span>
            <Link
              to="/sources/$id/discard/$batch"
              params={{ id: sourceId, batch: batch.id }}
              className="button button-small"
            >
              Discard
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
