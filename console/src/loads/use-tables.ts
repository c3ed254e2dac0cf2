import type { Activity, TableActivity } from '@backstitch/client';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { type ActivityScope, activityQuery } from '../api/sources.ts';

const none: readonly TableActivity[] = [];

/** What was loaded in these hours, over time and by table. */
export function useActivity(
  hours: number,
  scope: Omit<ActivityScope, 'hours'> = {},
): UseQueryResult<Activity> {
  return useQuery(activityQuery({ hours, ...scope }));
}

/** How every table stands; none while that is not known. */
export const useTables = (): readonly TableActivity[] => useActivity(24).data?.tables ?? none;
