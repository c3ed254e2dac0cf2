import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { sourcesQuery } from '../api/sources.ts';

/** Narrows a view to a source, or takes the narrowing to a table away again. The choice stands in the URL. */
export function SourceFilter({
  to,
  source,
  table,
  kept = {},
  children,
}: {
  readonly to: '/loads' | '/changes';
  readonly source: number | undefined;
  readonly table: string | undefined;
  /** What else stands in the URL and stays. */
  readonly kept?: { readonly hours?: number };
  readonly children?: ReactNode;
}) {
  const navigate = useNavigate();
  const sources = useQuery(sourcesQuery).data ?? [];
  return (
    <div className="filter">
      <label>
        Source{' '}
        <select
          value={source ?? ''}
          onChange={(event) => {
            const chosen = Number(event.target.value);
            void navigate({ to, search: { ...kept, ...(chosen && { source: chosen }) } });
          }}
        >
          <option value="">all</option>
          {sources.map(({ id, display_name }) => (
            <option key={id} value={id}>
              {display_name}
            </option>
          ))}
        </select>
      </label>
      {table !== undefined && (
        <span>
          Table <code>{table}</code>{' '}
          <Link
            to={to}
            search={{ ...kept, ...(source !== undefined && { source }) }}
            className="button button-small"
          >
            All tables
          </Link>
        </span>
      )}
      {children}
    </div>
  );
}
