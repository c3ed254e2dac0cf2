import { NotFoundError } from '@backstitch/client';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { explain, isUnreachable } from '../api/backstitch.ts';
import { Notice } from './notice.tsx';
import { Page } from './page.tsx';

/**
 * What a query found, or in its place what is known while there is nothing: that it is on its way, or why it did not
 * come. What was found before stays in sight while it is asked for again, and when that fails.
 */
export function Loaded<Data>({
  query,
  lines = 3,
  page,
  children,
}: {
  readonly query: UseQueryResult<Data>;
  /** Height of what is awaited, so that the page does not jump. */
  readonly lines?: number;
  /** The title of the page that is to be shown, where this is all of it. */
  readonly page?: string;
  readonly children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  const instead = query.error ? (
    <QueryError error={query.error} retry={() => void query.refetch()} />
  ) : (
    <div className="skeleton" aria-busy="true">
      <span className="visually-hidden">Loading …</span>
      {placeholders.slice(0, lines).map((line) => (
        <span key={line} aria-hidden="true" />
      ))}
    </div>
  );
  return page === undefined ? instead : <Page title={page}>{instead}</Page>;
}

const placeholders = [1, 2, 3, 4, 5, 6, 7, 8];

function QueryError({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const isMissing = error instanceof NotFoundError;
  const title = isMissing
    ? 'There is nothing here.'
    : isUnreachable(error)
      ? 'The server cannot be reached.'
      : 'This could not be loaded.';
  const text = isMissing
    ? 'It may have been deleted, or the address is wrong.'
    : isUnreachable(error)
      ? 'It may be restarting, or this device is offline. The page goes on by itself when it is back.'
      : explain(error);
  return (
    <Notice tone="bad" title={title}>
      <p>{text}</p>
      <button type="button" className="button" onClick={retry}>
        Try again
      </button>
    </Notice>
  );
}
