import type { Destination, Source, TableActivity } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { destinationsQuery } from '../api/destinations.ts';
import type { Tone } from '../elements/notice.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { Status } from '../elements/status.tsx';
import { useTables } from '../loads/use-tables.ts';

/** What a source is doing, or what keeps it. */
export function SourceStatus({ source }: { readonly source: Source }) {
  const destinations = useQuery(destinationsQuery).data;
  const tables = useTables().filter(({ source_id }) => source_id === source.id);
  const { tone, text } = sourceState(source, destinations, tables);
  return <Status tone={tone}>{text}</Status>;
}

/** @param destinations undefined: not known yet. */
function sourceState(
  { paused_at, system_paused_at, destination_id }: Source,
  destinations: readonly Destination[] | undefined,
  tables: readonly TableActivity[],
): { readonly tone: Tone; readonly text: string } {
  const waiting = tables.reduce((sum, { batches_waiting }) => sum + batches_waiting, 0);
  const failing = tables.filter(({ error }) => error !== null).length;
  const destination = destinations?.find(({ id }) => id === destination_id);
  if (paused_at !== null || system_paused_at !== null) return { tone: 'idle', text: 'Paused' };
  if (destination_id === null || (destinations && !destination))
    return {
      tone: waiting > 0 ? 'bad' : 'warn',
      text: waiting > 0 ? 'Records wait for a destination' : 'No destination',
    };
  if (destination && destination.system_paused_at !== null)
    return { tone: 'bad', text: 'The destination refuses us' };
  if (failing > 0) return { tone: 'bad', text: `${renderQuantity(failing, 'table')} failing` };
  if (waiting > 0) return { tone: 'busy', text: 'Loading' };
  if (tables.length === 0) return { tone: 'idle', text: 'No records yet' };
  return { tone: 'good', text: 'Up to date' };
}
