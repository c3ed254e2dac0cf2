import type { RejectedTable, RetriedRecords, Source } from '@backstitch/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { backstitch, explain } from '../api/backstitch.ts';
import { type RejectedRecord, readRejectedRecords } from '../api/rejected-records.ts';
import { rejectedQuery } from '../api/sources.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Notice } from '../elements/notice.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { TimeAgo } from '../elements/time.tsx';
import { indentJson } from './indent-json.ts';

const shown = 50;

/** Why records of a table were rejected, the newest of them whole, and loading them once more. */
export function RejectedRecords({ source, table }: { readonly source: Source; readonly table: string }) {
  const summary = useQuery(rejectedQuery(source.id)).data?.find(({ table_name }) => table_name === table);
  const records = useQuery({
    queryKey: ['rejected', source.id, table],
    queryFn: ({ signal }) => readRejectedRecords(source.id, table, shown, signal),
  });
  const download = `/v4/sources/${source.id}/rejected/records?${new URLSearchParams({ table })}`;
  return (
    <>
      <Retry source={source} table={table} count={summary?.records ?? 0} />
      {summary && <Reasons summary={summary} />}
      <section className="panel">
        <header className="panel-header">
          <h2>Newest records</h2>
          <a className="button" href={download} download>
            Download all
          </a>
        </header>
        <Loaded query={records} lines={6}>
          {(all) =>
            all.length === 0 ? (
              <p className="quiet">None is waiting: all were retried, or are no longer kept.</p>
            ) : (
              <ol className="plain-list">
                {all.map((record) => (
                  <Record key={`${record.batchId} ${record.position} ${record.reason}`} record={record} />
                ))}
              </ol>
            )
          }
        </Loaded>
      </section>
    </>
  );
}

function Record({ record }: { readonly record: RejectedRecord }) {
  const { reason, kind, rejectedAt, raw } = record;
  return (
    <li className="rejected-record">
      <p>
        <strong>{reason}</strong>{' '}
        <span className="quiet">
          {kind === 'column' && 'only this value was left out, '}
          <TimeAgo time={rejectedAt} />
        </span>
      </p>
      {raw === null ? (
        <p className="quiet">The record itself is no longer kept.</p>
      ) : (
        <pre className="raw">
          <code>{raw.length > 90 ? indentJson(raw) : raw}</code>
        </pre>
      )}
    </li>
  );
}

function Reasons({ summary }: { readonly summary: RejectedTable }) {
  return (
    <section className="panel">
      <h2>Reasons</h2>
      <ul className="reasons">
        {summary.reasons.map(({ reason, kind, count }) => (
          <li key={`${kind} ${reason}`}>
            <span className="number">{renderQuantity(count, kind === 'record' ? 'record' : 'value')}</span>:{' '}
            {reason}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Retry({
  source,
  table,
  count,
}: {
  readonly source: Source;
  readonly table: string;
  readonly count: number;
}) {
  const client = useQueryClient();
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: () => backstitch.sources.retryRejected(source.id, { table }),
    onSettled: () => client.invalidateQueries(),
  });
  if (count === 0) return data ? <RetryOutcome result={data} /> : null;
  return (
    <section className="panel panel-next">
      <h2>Load them once more</h2>
      <p>
        After what was wrong has been mended in the warehouse, {renderQuantity(count, 'record')} can be loaded
        again, with the schema, keys and sequences they came with. What is rejected again stands here again.
      </p>
      {error && <Notice tone="bad" title={explain(error)} />}
      {data && <RetryOutcome result={data} />}
      <BusyButton kind="primary" busy={isPending} onClick={mutate}>
        Retry {renderQuantity(count, 'record')}
      </BusyButton>
    </section>
  );
}

function RetryOutcome({ result: { records, left_out } }: { readonly result: RetriedRecords }) {
  return (
    <Notice
      tone={records > 0 ? 'good' : 'idle'}
      title={`${renderQuantity(records, 'record')} on the way once more.`}
    >
      {left_out.map((each) => (
        <p key={each.why}>
          {renderQuantity(each.records, 'record')} left out: {each.why}
        </p>
      ))}
    </Notice>
  );
}
