import { createRoute, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import type { ReplaySearch } from '../replays/start-replay.tsx';
import { DeleteSource } from '../sources/delete-source.tsx';
import { DiscardBatch } from '../sources/discard-batch.tsx';
import { IssueToken } from '../sources/issue-token.tsx';
import { NewSourcePage } from '../sources/new-source-page.tsx';
import { RecordsTab } from '../sources/records-tab.tsx';
import { RevokeToken } from '../sources/revoke-token.tsx';
import { SourcePage } from '../sources/source-page.tsx';
import { SourceSettings } from '../sources/source-settings.tsx';
import { SourcesPage } from '../sources/sources-page.tsx';
import { byId, parseId, positive, text } from './parameters.ts';
import { signedIn } from './root-routes.tsx';

const sources = createRoute({ getParentRoute: () => signedIn, path: 'sources', component: SourcesPage });
const newSource = createRoute({
  getParentRoute: () => signedIn,
  path: 'sources/new',
  component: NewSourcePage,
});
const LazyReplay = lazyRouteComponent(() => import('../replays/start-replay.tsx'), 'StartReplay');
const LazyReplayProgress = lazyRouteComponent(
  () => import('../replays/replay-progress.tsx'),
  'ReplayProgress',
);

const source = createRoute({
  getParentRoute: () => signedIn,
  path: 'sources/$id',
  params: byId,
  component: () => <SourcePage id={source.useParams().id} />,
});
const ofSource = () => source;
/** What stays in sight behind the dialogs about a source. */
const recordsTab = createRoute({
  getParentRoute: ofSource,
  id: 'records',
  component: () => (
    <>
      <RecordsTab id={source.useParams().id} />
      <Outlet />
    </>
  ),
});
const ofRecords = () => recordsTab;
const revoke = createRoute({
  getParentRoute: ofRecords,
  path: 'revoke/$token',
  params: {
    parse: ({ token }: { token: string }) => ({ token: parseId(token) }),
    stringify: ({ token }: { token: number }) => ({ token: String(token) }),
  },
  component: () => <RevokeToken {...revoke.useParams()} />,
});
const discard = createRoute({
  getParentRoute: ofRecords,
  path: 'discard/$batch',
  component: () => <DiscardBatch {...discard.useParams()} />,
});
const replay = createRoute({
  getParentRoute: ofRecords,
  path: 'replay',
  validateSearch: (search: Record<string, unknown>): ReplaySearch => ({
    ...positive(search, 'destination'),
    ...text(search, 'table'),
  }),
  component: () => <LazyReplay id={source.useParams().id} search={replay.useSearch()} />,
});
const replayProgress = createRoute({
  getParentRoute: ofRecords,
  path: 'replays/$replay',
  params: {
    parse: ({ replay }: { replay: string }) => ({ replay: parseId(replay) }),
    stringify: ({ replay }: { replay: number }) => ({ replay: String(replay) }),
  },
  component: () => <LazyReplayProgress {...replayProgress.useParams()} />,
});
const sourceTabs = [
  recordsTab.addChildren([
    createRoute({ getParentRoute: ofRecords, path: '/' }),
    createRoute({
      getParentRoute: ofRecords,
      path: 'token',
      component: () => <IssueToken id={source.useParams().id} />,
    }),
    revoke,
    createRoute({
      getParentRoute: ofRecords,
      path: 'delete',
      component: () => <DeleteSource id={source.useParams().id} />,
    }),
    discard,
    replay,
    replayProgress,
  ]),
  createRoute({
    getParentRoute: ofSource,
    path: 'settings',
    component: () => <SourceSettings id={source.useParams().id} />,
  }),
] as const;

export const sourceRoutes = [sources, newSource, source.addChildren(sourceTabs)] as const;
