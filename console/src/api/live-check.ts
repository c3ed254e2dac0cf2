import type { CheckStep, CheckStepEvent } from '@backstitch/client';
import { type QueryClient, queryOptions, skipToken } from '@tanstack/react-query';

/** What events have told of a check. */
export interface LiveCheck {
  readonly name: string;
  readonly steps: readonly CheckStep[];
  /** The step under way; empty between two of them. */
  readonly running: string;
}

/** The newest check of a destination, or of settings that belong to none yet. Only events fill it. */
export const liveCheckQuery = (destinationId: number | null) =>
  queryOptions<LiveCheck>({
    queryKey: ['live-check', destinationId],
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
  });

export function noteStep(client: QueryClient, event: CheckStepEvent): void {
  client.setQueryData(liveCheckQuery(event.destination_id).queryKey, (before) => addStep(before, event));
}

/** Steps may be told of twice, and the beginning of one after its end. */
export function addStep(before: LiveCheck | undefined, event: CheckStepEvent): LiveCheck {
  const { check_name: name, step_name, step } = event;
  const known = before?.name === name ? before : { name, steps: [], running: '' };
  const isEnded = known.steps.some((each) => each.name === step_name);
  if (step === null) return isEnded ? known : { ...known, running: step_name };
  if (isEnded) return known;
  return { name, steps: [...known.steps, step], running: known.running === step_name ? '' : known.running };
}
