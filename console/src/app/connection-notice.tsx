import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { isUnreachable } from '../api/backstitch.ts';

/** Says so while the server does not answer: what stands on the page is then from before. */
export function ConnectionNotice() {
  const client = useQueryClient();
  const cache = client.getQueryCache();
  const isCutOff = useSyncExternalStore(
    (listener) => cache.subscribe(listener),
    () => cache.getAll().some(({ state }) => isUnreachable(state.error ?? state.fetchFailureReason)),
  );
  return (
    <div role="status" className="connection-notice" hidden={!isCutOff}>
      {isCutOff && 'The server cannot be reached. What you see is from before; trying again …'}
    </div>
  );
}
