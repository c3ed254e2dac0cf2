import type { RejectedTable, Source } from '@backstitch/client';
import { type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { rejectedQuery, sourcesQuery } from '../api/sources.ts';
import { Empty } from '../elements/empty.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { renderCount } from '../elements/quantity.ts';
import { TimeAgo } from '../elements/time.tsx';
import { RejectedRecords } from './rejected-records.tsx';

export interface RejectedSearch {
  readonly source?: number;
  readonly table?: string;
}

interface Entry {
  readonly source: Source;
  readonly table: RejectedTable;
}

/** What could not be loaded, by table and reason; of one table its records. */
export function RejectedPage({ search }: { readonly search: RejectedSearch }) {
  const sources = useQuery(sourcesQuery);
  const tables = useQueries({
    queries: (sources.data ?? []).map(({ id }) => rejectedQuery(id)),
    combine: (results) => combine(sources, results),
  });
  const { source: sourceId, table } = search;
  const source = sources.data?.find(({ id }) => id === sourceId);
  if (source !== undefined && table !== undefined)
    return (
      <Page
        title={`Rejected: ${source.name}.${table}`}
        heading={
          <>
            Rejected in <code>{`${source.name}.${table}`}</code>
          </>
        }
        before={<Link to="/rejected">Rejected</Link>}
      >
        <RejectedRecords source={source} table={table} />
      </Page>
    );
  return (
    <Page title="Rejected">
      <Loaded query={tables}>
        {(entries) =>
          entries.length === 0 ? (
            <Empty title="Nothing was rejected">
              A record that a table cannot take is set aside with its reason, and its neighbours are loaded.
              It stands here until it is retried, and in <code>_sdc_rejected</code> beside the tables.
            </Empty>
          ) : (
            <Tables entries={entries} />
          )
        }
      </Loaded>
    </Page>
  );
}

/** The answers for all sources as one. */
function combine(
  sources: UseQueryResult<readonly Source[]>,
  results: readonly UseQueryResult<readonly RejectedTable[]>[],
): UseQueryResult<readonly Entry[]> {
  const unfinished = [sources, ...results].find(({ data }) => data === undefined);
  const entries = (sources.data ?? []).flatMap((source, index) =>
    (results[index]?.data ?? []).map((table) => ({ source, table })),
  );
  return { ...(unfinished ?? sources), data: unfinished ? undefined : entries } as UseQueryResult<
    readonly Entry[]
  >;
}

function Tables({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Table</th>
          <th className="number">Records</th>
          <th className="number">Single values</th>
          <th>Most frequent reason</th>
          <th>Last</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ source, table }) => (
          <tr key={`${source.id} ${table.table_name}`}>
            <td data-label="Table">
              <Link
                to="/rejected"
                search={{ source: source.id, table: table.table_name }}
                className="row-link"
              >
                <code>
                  {source.name}.{table.table_name}
                </code>
              </Link>
            </td>
            <td data-label="Records" className="number">
              {renderCount(table.records)}
              {table.more && ' or more'}
            </td>
            <td data-label="Single values" className="number">
              {renderCount(table.values)}
            </td>
            <td data-label="Most frequent reason">{table.reasons[0]?.reason}</td>
            <td data-label="Last">
              <TimeAgo time={table.last_rejected_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
