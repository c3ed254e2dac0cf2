import { type QueryClient, queryOptions, skipToken } from '@tanstack/react-query';
import type { CheckStep } from './wire.ts';

/** A step of a check as an event tells of it: that it begins, and how it ended. */
export interface LiveStep {
  /** Null: the check is of settings that belong to no destination yet. */
  readonly destination_id: number | null;
  readonly check_name: string;
  readonly step_name: string;
  /** Null: it has just begun. */
  readonly step: CheckStep | null;
}

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

export function noteStep(client: QueryClient, event: LiveStep): void {
  client.setQueryData(liveCheckQuery(event.destination_id).queryKey, (before) => addStep(before, event));
}

/** Steps may be told of twice, and the beginning of one after its end. */
export function addStep(before: LiveCheck | undefined, event: LiveStep): LiveCheck {
  const { check_name: name, step_name, step } = event;
  const known = before?.name === name ? before : { name, steps: [], running: '' };
  const isEnded = known.steps.some((each) => each.name === step_name);
  if (step === null) return isEnded ? known : { ...known, running: step_name };
  if (isEnded) return known;
  return { name, steps: [...known.steps, step], running: known.running === step_name ? '' : known.running };
}
