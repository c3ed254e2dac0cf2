import type { Activity } from '@backstitch/client';
import { Link } from '@tanstack/react-router';
import { Empty } from '../elements/empty.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { renderCount } from '../elements/quantity.ts';
import { SourceFilter } from '../elements/source-filter.tsx';
import { Elapsed } from '../elements/time.tsx';
import { LoadChart } from './load-chart.tsx';
import { TableList } from './table-list.tsx';
import { useActivity } from './use-tables.ts';

export interface LoadsSearch {
  readonly source?: number;
  readonly table?: string;
  readonly hours?: number;
}

const periods = [
  [1, '1 hour'],
  [24, '24 hours'],
  [168, '7 days'],
] as const;

/** What was loaded over time, by table, and what keeps the rest. */
export function LoadsPage({ search }: { readonly search: LoadsSearch }) {
  const { source, table, hours = 24 } = search;
  const activity = useActivity(hours, { source, table });
  return (
    <Page title="Loads" actions={<Periods search={search} hours={hours} />}>
      <SourceFilter to="/loads" source={source} table={table} kept={search.hours ? { hours } : {}}>
        {source !== undefined && (
          <>
            <Link to="/changes" search={{ source, ...(table !== undefined && { table }) }}>
              Changes of {table === undefined ? 'its tables' : 'the table'}
            </Link>
            <Link
              to="/sources/$id/replay"
              params={{ id: source }}
              search={table === undefined ? {} : { table }}
            >
              Load once more
            </Link>
          </>
        )}
      </SourceFilter>
      <Loaded query={activity} lines={8}>
        {(found) =>
          found.tables.length === 0 ? (
            <Empty
              title="Nothing has been sent yet"
              action={
                <Link to="/sources" className="button button-primary">
                  Go to the sources
                </Link>
              }
            >
              As soon as a source sends records, their tables stand here: how many rows were loaded, what
              waits, and what is wrong.
            </Empty>
          ) : (
            <>
              <Figures activity={found} />
              <section className="panel">
                <h2>Rows over time</h2>
                <LoadChart activity={found} />
              </section>
              <section className="panel">
                <h2>Tables</h2>
                <TableList tables={found.tables} of="everything" />
              </section>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Periods({ search, hours }: { readonly search: LoadsSearch; readonly hours: number }) {
  return (
    <nav className="segments" aria-label="Period">
      {periods.map(([each, label]) => (
        <Link
          key={each}
          to="/loads"
          search={{ ...search, hours: each }}
          activeProps={{}}
          aria-current={each === hours ? 'true' : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

function Figures({ activity: { tables } }: { readonly activity: Activity }) {
  const sum = (of: (table: Activity['tables'][number]) => number) =>
    tables.reduce((total, each) => total + of(each), 0);
  const oldest = tables
    .flatMap(({ waiting_since }) => waiting_since ?? [])
    .sort()
    .at(0);
  const failing = tables.filter(({ error }) => error !== null).length;
  return (
    <dl className="figures">
      <div>
        <dt>Rows loaded</dt>
        <dd>{renderCount(sum(({ rows_loaded }) => rows_loaded))}</dd>
      </div>
      <div>
        <dt>Rejected</dt>
        <dd data-tone={sum(({ rows_rejected }) => rows_rejected) > 0 ? 'warn' : undefined}>
          {renderCount(sum(({ rows_rejected }) => rows_rejected))}
        </dd>
      </div>
      <div>
        <dt>Waiting now</dt>
        <dd>{renderCount(sum(({ batches_waiting }) => batches_waiting))}</dd>
      </div>
      <div>
        <dt>Lag now</dt>
        <dd>{oldest === undefined ? 'none' : <Elapsed since={oldest} />}</dd>
      </div>
      <div>
        <dt>Failing tables</dt>
        <dd data-tone={failing > 0 ? 'bad' : undefined}>{failing}</dd>
      </div>
    </dl>
  );
}
