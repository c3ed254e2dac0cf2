import type { Source } from '@backstitch/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { backstitch } from '../api/backstitch.ts';
import { sourceQuery } from '../api/sources.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Notice } from '../elements/notice.tsx';
import { Page } from '../elements/page.tsx';
import { SourceStatus } from './source-status.tsx';

/** One source: its head, and below it what the tab shows. */
export function SourcePage({ id }: { readonly id: number }) {
  const source = useQuery(sourceQuery(id));
  return (
    <Loaded query={source} lines={6} page="Source">
      {(found) => (
        <Page
          title={found.display_name}
          before={<Link to="/sources">Sources</Link>}
          actions={found.deleted_at === null && <Actions source={found} />}
        >
          {found.deleted_at === null ? (
            <>
              <nav className="tabs" aria-label="Source">
                <Link to="/sources/$id" params={{ id }} activeOptions={{ exact: true }}>
                  Records
                </Link>
                <Link to="/sources/$id/settings" params={{ id }}>
                  Settings
                </Link>
                <Link to="/sources/$id/delete" params={{ id }}>
                  Delete
                </Link>
              </nav>
              <Outlet />
            </>
          ) : (
            <Notice tone="idle" title="This source was deleted.">
              <p>What it had loaded stands in the destination.</p>
            </Notice>
          )}
        </Page>
      )}
    </Loaded>
  );
}

function Actions({ source }: { readonly source: Source }) {
  const client = useQueryClient();
  const isPaused = source.paused_at !== null;
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      backstitch.sources.update(source.id, { paused_at: isPaused ? null : new Date().toISOString() }),
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <>
      <SourceStatus source={source} />
      <Link to="/sources/$id/replay" params={{ id: source.id }} className="button">
        Replay
      </Link>
      <BusyButton busy={isPending} onClick={mutate}>
        {isPaused ? 'Resume' : 'Pause'}
      </BusyButton>
    </>
  );
}
