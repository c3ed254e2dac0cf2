import { useRouterState } from '@tanstack/react-router';
import { Notice } from './notice.tsx';

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** What was done on the way here, to be said once. */
    readonly said?: string;
  }
}

/** What was done to something that is not there any more to show it. */
export function Said() {
  const said = useRouterState({ select: ({ location }) => location.state.said });
  return said === undefined ? null : <Notice tone="good" title={said} />;
}
