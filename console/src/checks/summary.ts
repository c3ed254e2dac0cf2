import type { ConnectionCheckWithSteps as Check, Destination } from '@backstitch/client';
import type { Tone } from '../elements/notice.tsx';

/** How a destination stands, by the checks of its settings. */
export interface DestinationState {
  readonly tone: Tone;
  readonly text: string;
  /** Since when it fails; null unless it does. */
  readonly since: string | null;
}

/** @param checks newest first. Those of settings that were never stored say nothing about the destination. */
export function destinationState(
  { system_paused_at }: Pick<Destination, 'system_paused_at'>,
  checks: readonly Pick<Check, 'status' | 'origin' | 'start_time'>[],
): DestinationState {
  const own = checks.filter(({ origin, status }) => origin !== 'unsaved' && status !== 'superseded');
  const ofStored = own.filter(({ origin, status }) => !(origin === 'strict' && status === 'failed'));
  const [newest] = ofStored;
  if (newest === undefined) return { tone: 'idle', text: 'Not checked yet', since: null };
  if (newest.status === 'running') return { tone: 'busy', text: 'Checking', since: null };
  if (newest.status === 'succeeded') return { tone: 'good', text: 'Connected', since: null };
  const healthy = ofStored.findIndex(({ status }) => status === 'succeeded');
  const failed = ofStored
    .slice(0, healthy < 0 ? undefined : healthy)
    .filter(({ status }) => status === 'failed');
  const since = failed.at(-1)?.start_time ?? newest.start_time;
  return { tone: 'bad', text: system_paused_at === null ? 'Failing' : 'Refuses us', since };
}
