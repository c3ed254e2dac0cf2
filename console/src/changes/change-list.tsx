import type { SchemaChange } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { destinationsQuery } from '../api/destinations.ts';
import { sourcesQuery } from '../api/sources.ts';
import { Status } from '../elements/status.tsx';
import { TimeAgo } from '../elements/time.tsx';
import { SplitRemedy } from './split-remedy.tsx';

const words: Readonly<Record<SchemaChange['kind'], string>> = {
  table_created: 'Table made',
  column_added: 'Column added',
  column_split: 'Column split',
};

/** Changes, newest first, and what to do about those that others have to follow. */
export function ChangeList({ changes }: { readonly changes: readonly SchemaChange[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>When</th>
          <th>Table</th>
          <th>Change</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={`${change.load_id} ${change.table_name} ${change.kind} ${change.after}`}>
            <td data-label="When" className="time">
              <TimeAgo time={change.changed_at} />
            </td>
            <td data-label="Table">
              <TableName change={change} />
            </td>
            <td data-label="Change">
              <Change change={change} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Which table, and where: a replay makes the tables of a source in another destination too. */
function TableName({ change }: { readonly change: SchemaChange }) {
  const { source_id: source, source_name, table_name: table, destination_id } = change;
  const isKnown = useQuery(sourcesQuery).data?.some(({ id }) => id === source);
  const destination = useQuery(destinationsQuery).data?.find(({ id }) => id === destination_id);
  return (
    <>
      <Link to="/changes" search={isKnown ? { source, table } : { table }} className="row-link">
        <code>
          {source_name}.{table}
        </code>
      </Link>
      {destination && <p className="quiet">in {destination.name}</p>}
    </>
  );
}

function Change({ change }: { readonly change: SchemaChange }) {
  const { kind, before, after } = change;
  const isSplit = kind === 'column_split';
  return (
    <div className="change">
      {isSplit ? <Status tone="warn">{words[kind]}</Status> : <p>{words[kind]}</p>}
      <p>
        {before !== null && (
          <>
            <code>{before}</code> <span aria-hidden="true">→</span>
            <span className="visually-hidden"> became </span>{' '}
          </>
        )}
        <code>{kind === 'table_created' ? withoutOurs(after) : after}</code>
      </p>
      {isSplit && <SplitRemedy change={change} />}
    </div>
  );
}

/** Every table has the bookkeeping columns. */
const withoutOurs = (columns: string): string =>
  columns
    .split(', ')
    .filter((column) => !column.startsWith('_sdc_'))
    .join(', ') || columns;
