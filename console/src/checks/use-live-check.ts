import type { ConnectionCheckWithSteps as Check, CheckStep } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { liveCheckQuery } from '../api/live-check.ts';

interface Steps {
  readonly steps: readonly CheckStep[];
  /** The step under way, where it is known. */
  readonly running: string;
}

/** The steps of a check of a destination as far as they are known: told of as they end, or stored. */
export function useLiveCheck(destinationId: number, check: Check): Steps {
  const { data: live } = useQuery(liveCheckQuery(destinationId));
  const isAhead = live?.name === check.name && live.steps.length >= check.steps.length;
  return check.status === 'running' && isAhead ? live : { steps: check.steps, running: '' };
}
