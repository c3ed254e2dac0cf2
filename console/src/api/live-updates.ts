import type { CheckStepEvent } from '@backstitch/client';
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { noteStep } from './live-check.ts';

/** What of the page's knowledge an event makes old. */
const outdated: Readonly<Record<string, (event: EventBody) => readonly QueryKey[]>> = {
  'check.completed': ({ destination_id: id }) => (id === null ? [] : [['destinations']]),
  'load.planned': ({ source_id: id }) => [['activity'], ['sources', id]],
  'load.loaded': ({ source_id: id }) => [['activity'], ['sources', id]],
  'load.failed': ({ source_id: id }) => [['activity'], ['sources', id]],
  'records.rejected': () => [['activity'], ['rejected']],
  'table.changed': () => [['changes']],
  'destination.changed': () => [['destinations']],
  'destination.deleted': () => [['destinations'], ['sources']],
  // Events are missing before this one.
  reset: () => [[]],
};

interface EventBody {
  readonly destination_id?: number | null;
  readonly source_id?: number;
}

/** Many events come at once; what they make old is asked for once. */
const lullMilliseconds = 150;

/**
 * Keeps what the page knows up to date by the events of the server, while somebody looks at it: a browser has few
 * connections to a server, and every tab would take one. The browser comes back by itself after a cut, and is told what
 * it missed.
 * @returns what ends it.
 */
export function followEvents(client: QueryClient): () => void {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Map<string, QueryKey>();
  let lull: ReturnType<typeof setTimeout> | undefined;

  const refresh = () => {
    lull = undefined;
    for (const queryKey of waiting.values()) void client.invalidateQueries({ queryKey });
    waiting.clear();
  };
  const outdate = (keys: readonly QueryKey[]) => {
    for (const key of keys) waiting.set(JSON.stringify(key), key);
    if (waiting.size > 0) lull ??= setTimeout(refresh, lullMilliseconds);
  };

  const open = () => {
    const opened = new EventSource('/v4/events');
    opened.addEventListener('check.step', ({ data }) => noteStep(client, JSON.parse(data) as CheckStepEvent));
    for (const [type, keysOf] of Object.entries(outdated))
      opened.addEventListener(type, ({ data }) => outdate(keysOf(JSON.parse(data) as EventBody)));
    opened.addEventListener('error', () => {
      // Either the server is gone, which is then found out, or something was missed.
      outdate([[]]);
      // Where the server has refused, the browser does not try again.
      if (opened.readyState === EventSource.CLOSED) again = setTimeout(reopen, 5000);
    });
    source = opened;
  };
  const close = () => {
    clearTimeout(again);
    source?.close();
    source = null;
  };
  const reopen = () => {
    close();
    if (document.visibilityState === 'hidden') return;
    open();
    outdate([[]]);
  };

  const verify = () => outdate([[]]);
  addEventListener('offline', verify);
  addEventListener('online', verify);
  document.addEventListener('visibilitychange', reopen);
  if (document.visibilityState === 'visible') open();
  return () => {
    removeEventListener('offline', verify);
    removeEventListener('online', verify);
    document.removeEventListener('visibilitychange', reopen);
    clearTimeout(lull);
    close();
  };
}
