import type { Client, Source } from '@backstitch/client';
import { orMissing } from '../or-missing.ts';
import { printable } from '../printable.ts';
import type { Cell } from '../table.ts';

/** A source as `show` prints it for people. */
export const sourceEntries = (source: Source): Readonly<Record<string, Cell>> => ({
  id: source.id,
  name: source.display_name,
  schema: source.name,
  destination: source.destination_id,
  ...source.properties,
  state: stateText(source),
  created: source.created_at,
});

export const stateText = ({ paused_at: paused }: Source): string =>
  paused === null ? 'active' : `paused since ${paused}`;

/** `source 3 (Shop)` */
export const sourceText = ({ id, display_name: name }: Source): string => `source ${id} (${printable(name)})`;

/** A source that is there. @throws {Failure} InvalidId also for one that was deleted. */
export const liveSource = async ({ sources }: Client, id: number): Promise<Source> =>
  await orMissing('source', id, sources.get(id), ({ deleted_at }) => deleted_at === null);

/** Batches that are looked at for each state; more are told as "more". */
const mostBatches = 100;

/** What waits of a source, in a few words. */
export async function waitingText({ sources }: Client, id: number): Promise<string> {
  const counts = await Promise.all(
    (['ready', 'blocked', 'quarantined'] as const).map(async (state) => {
      const { length } = await sources.batches(id, { state, limit: mostBatches });
      return length === 0 ? [] : [`${length}${length === mostBatches ? ' or more' : ''} ${state}`];
    }),
  );
  return counts.flat().join(', ') || 'nothing';
}
