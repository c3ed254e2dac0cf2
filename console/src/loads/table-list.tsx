import type { TableActivity } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sourcesQuery } from '../api/sources.ts';
import { Remedy } from '../checks/check-steps.tsx';
import { renderCount, renderQuantity } from '../elements/quantity.ts';
import { Status } from '../elements/status.tsx';
import { Elapsed, TimeAgo } from '../elements/time.tsx';

/** How tables stand: what was loaded, what waits and for how long, and what is wrong. */
export function TableList({
  tables,
  of,
}: {
  readonly tables: readonly TableActivity[];
  /** Of everything, the source of a table is named too. */
  readonly of: 'source' | 'everything';
}) {
  const sources = useQuery(sourcesQuery).data ?? [];
  const nameOf = (id: number) => sources.find((source) => source.id === id)?.name ?? '…';
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Table</th>
          <th>State</th>
          <th className="number">Rows</th>
          <th className="number">Rejected</th>
          <th>Last load</th>
        </tr>
      </thead>
      <tbody>
        {tables.map((table) => (
          <tr key={`${table.source_id} ${table.table_name}`}>
            <td data-label="Table">
              <Link
                to="/loads"
                search={{ source: table.source_id, table: table.table_name }}
                className="row-link"
              >
                <code>
                  {of === 'everything' && `${nameOf(table.source_id)}.`}
                  {table.table_name}
                </code>
              </Link>
            </td>
            <td data-label="State">
              <TableState table={table} />
            </td>
            <td data-label="Rows" className="number">
              {renderCount(table.rows_loaded)}
            </td>
            <td data-label="Rejected" className="number">
              {table.rows_rejected === 0 ? (
                '0'
              ) : (
                <Link to="/rejected" search={{ source: table.source_id, table: table.table_name }}>
                  {renderCount(table.rows_rejected)}
                </Link>
              )}
            </td>
            <td data-label="Last load">
              {table.last_loaded_at === null ? (
                <span className="quiet">never</span>
              ) : (
                <TimeAgo time={table.last_loaded_at} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function TableState({ table: { error, batches_waiting, waiting_since } }: { readonly table: TableActivity }) {
  const lag = waiting_since !== null && (
    <>
      {' for '}
      <Elapsed since={waiting_since} />
    </>
  );
  if (error)
    return (
      <>
        <Status tone="bad">
          Failing for <Elapsed since={error.since} />
        </Status>
        <p className="quiet">{error.message}</p>
        <Remedy text={error.remedy} />
        {batches_waiting > 0 && (
          <p className="quiet">
            {renderQuantity(batches_waiting, 'batch', 'batches')} waiting{lag}
          </p>
        )}
      </>
    );
  if (batches_waiting > 0)
    return (
      <Status tone="busy">
        {renderQuantity(batches_waiting, 'batch', 'batches')} waiting{lag}
      </Status>
    );
  return <Status tone="good">Up to date</Status>;
}
