import type { Batch } from '@backstitch/client';
import type { Tone } from '../elements/notice.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { Status } from '../elements/status.tsx';
import { TimeAgo } from '../elements/time.tsx';

const states: Readonly<Record<Batch['state'], readonly [Tone, string]>> = {
  ready: ['busy', 'Waiting for its turn'],
  loading: ['busy', 'Loading'],
  blocked: ['warn', 'Waiting for you'],
  quarantined: ['bad', 'Set aside'],
  loaded: ['good', 'Loaded'],
};

/** Batches, newest first, and what became of each. What keeps them stands with their tables. */
export function BatchList({
  batches,
  schema,
}: {
  readonly batches: readonly Batch[];
  readonly schema: string;
}) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Received</th>
          <th>Table</th>
          <th>State</th>
        </tr>
      </thead>
      <tbody>
        {batches.map((batch) => (
          <tr key={batch.id}>
            <td data-label="Received">
              {renderQuantity(batch.records, 'record')}, <TimeAgo time={batch.received_at} />
            </td>
            <td data-label="Table">
              <code>
                {schema}.{batch.table_name}
              </code>
            </td>
            <td data-label="State">
              <BatchState batch={batch} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function BatchState({ batch }: { readonly batch: Batch }) {
  const warnings = [...new Set(batch.load?.tables.flatMap(({ warning }) => warning ?? []))];
  const isRemarkable = (batch.load?.rows_rejected ?? 0) > 0 || warnings.length > 0;
  const [tone, text] = isRemarkable ? (['warn', 'Loaded'] as const) : states[batch.state];
  return (
    <>
      <Status tone={tone}>
        {text}
        {batch.load && describeLoad(batch.records, batch.load)}
      </Status>
      {warnings.map((warning) => (
        <p key={warning} className="quiet">
          {warning}
        </p>
      ))}
    </>
  );
}

/** Counts are of the whole load, into which other batches of the table may have gone too. */
function describeLoad(records: number, load: NonNullable<Batch['load']>): string {
  const [loaded, rejected, older] = [
    load.rows_loaded ?? 0,
    load.rows_rejected ?? 0,
    load.dropped_as_older ?? 0,
  ];
  const isShared = loaded + rejected + older > records;
  const parts = [
    `${isShared ? 'in a load of ' : ''}${renderQuantity(loaded, 'row')}`,
    ...(rejected > 0 ? [`${renderQuantity(rejected, 'record')} rejected`] : []),
    ...(older > 0 ? [`${renderQuantity(older, 'record')} older than what stands`] : []),
  ];
  return `${isShared ? ', ' : ': '}${parts.join(', ')}`;
}
