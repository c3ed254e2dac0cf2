import type { TableActivity } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { sourcesQuery } from '../api/sources.ts';
import { Remedy } from '../checks/check-steps.tsx';
import { renderCount } from '../elements/quantity.ts';
import { Status } from '../elements/status.tsx';
import { Elapsed, TimeAgo } from '../elements/time.tsx';

/** How tables stand: what was loaded, what waits and for how long, and what is wrong. */
export function TableList({
  tables,
  of,
  explained,
}: {
  readonly tables: readonly TableActivity[];
  /** Of everything, the source of a table is named too. */
  readonly of: 'source' | 'everything';
  /** Tables whose error stands elsewhere in the view. */
  readonly explained?: ReadonlySet<string>;
}) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Table</th>
          <th>State</th>
          <th className="number">Waiting</th>
          <th>Lag now</th>
          <th className="number">Rows</th>
          <th className="number">Rejected</th>
          <th>Last load</th>
        </tr>
      </thead>
      <tbody>
        {tables.map((table) => (
          <Fragment key={`${table.source_id} ${table.table_name}`}>
            <Row table={table} of={of} />
            {table.error && !explained?.has(table.table_name) && (
              <tr className="table-detail">
                <td colSpan={7}>
                  <p>{table.error.message}</p>
                  <Remedy text={table.error.remedy} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function Row({ table, of }: { readonly table: TableActivity; readonly of: 'source' | 'everything' }) {
  const {
    source_id: source,
    table_name,
    batches_waiting,
    waiting_since,
    last_loaded_at,
    rows_rejected,
  } = table;
  const search = { source, table: table_name };
  const sources = useQuery(sourcesQuery).data;
  return (
    <tr>
      <td data-label="Table">
        <Link to="/loads" search={search} className="row-link">
          <code>
            {of === 'everything' && `${sources?.find(({ id }) => id === source)?.name ?? '…'}.`}
            {table_name}
          </code>
        </Link>
      </td>
      <td data-label="State">
        <TableState table={table} />
      </td>
      <td data-label="Waiting" className="number">
        {renderCount(batches_waiting)}
      </td>
      <td data-label="Lag now" className="time">
        {waiting_since === null ? <span className="quiet">none</span> : <Elapsed since={waiting_since} />}
      </td>
      <td data-label="Rows" className="number">
        {renderCount(table.rows_loaded)}
      </td>
      <td data-label="Rejected" className="number">
        {rows_rejected === 0 ? (
          '0'
        ) : (
          <Link to="/rejected" search={search}>
            {renderCount(rows_rejected)}
          </Link>
        )}
      </td>
      <td data-label="Last load" className="time">
        {last_loaded_at === null ? <span className="quiet">never</span> : <TimeAgo time={last_loaded_at} />}
      </td>
    </tr>
  );
}

function TableState({ table: { source_id, error, batches_waiting } }: { readonly table: TableActivity }) {
  const source = useQuery(sourcesQuery).data?.find(({ id }) => id === source_id);
  if (error)
    return (
      <Status tone="bad">
        Failing for <Elapsed since={error.since} />
      </Status>
    );
  if (batches_waiting === 0) return <Status tone="good">Up to date</Status>;
  if (source && source.paused_at !== null) return <Status tone="idle">Paused</Status>;
  if (source?.destination_id === null) return <Status tone="warn">No destination</Status>;
  return <Status tone="busy">Loading</Status>;
}
