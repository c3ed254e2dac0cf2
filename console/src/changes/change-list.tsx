import type { SchemaChange } from '@backstitch/client';
import { Link } from '@tanstack/react-router';
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
              <Link
                to="/changes"
                search={{ source: change.source_id, table: change.table_name }}
                className="row-link"
              >
                <code>
                  {change.source_name}.{change.table_name}
                </code>
              </Link>
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
