import { BackstitchError, type Destination, type Source } from '@backstitch/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { backstitch, explain } from '../api/backstitch.ts';
import { destinationsQuery } from '../api/destinations.ts';
import { sourceQuery } from '../api/sources.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Dialog } from '../elements/dialog.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Notice } from '../elements/notice.tsx';
import { useTables } from '../loads/use-tables.ts';
import { type ReplayDraft, ReplayFields } from './replay-fields.tsx';

export interface ReplaySearch {
  readonly destination?: number;
  /** Only this one. */
  readonly table?: string;
}

/** Loads what is kept of a source into a destination once more. */
export function StartReplay({ id, search }: { readonly id: number; readonly search: ReplaySearch }) {
  const source = useQuery(sourceQuery(id));
  const destinations = useQuery(destinationsQuery);
  const navigate = useNavigate();
  const close = () => void navigate({ to: '/sources/$id', params: { id } });
  return (
    <Dialog title={`Load ${source.data?.display_name ?? 'it'} once more`} onClose={close}>
      <Loaded query={source}>
        {(found) => (
          <Loaded query={destinations}>
            {(all) => <ReplayForm source={found} destinations={all} search={search} onClose={close} />}
          </Loaded>
        )}
      </Loaded>
    </Dialog>
  );
}

function ReplayForm({
  source,
  destinations,
  search,
  onClose,
}: {
  readonly source: Source;
  readonly destinations: readonly Destination[];
  readonly search: ReplaySearch;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const tables = useTables().flatMap(({ source_id, table_name }) =>
    source_id === source.id ? [table_name] : [],
  );
  const [draft, setDraft] = useState<ReplayDraft>({
    destinationId: search.destination ?? source.destination_id ?? destinations[0]?.id ?? null,
    tables: search.table === undefined ? null : new Set([search.table]),
    since: '',
    force: false,
  });
  const isNothing = draft.tables === null ? tables.length === 0 : draft.tables.size === 0;
  const { mutate, isPending, error } = useMutation({
    mutationFn: (destinationId: number) =>
      backstitch.replays.start(source.id, {
        destination_id: destinationId,
        ...(draft.tables && { tables: [...draft.tables] }),
        ...(draft.since !== '' && { since: new Date(draft.since).toISOString() }),
        ...(draft.force && { force: true }),
      }),
    onSuccess: async (replay) => {
      await client.invalidateQueries({ queryKey: ['sources', source.id] });
      await navigate({
        to: '/sources/$id/replays/$replay',
        params: { id: source.id, replay: replay.id },
        replace: true,
      });
    },
  });
  // Rows of a table that only grows would stand there twice: whether that is wanted is asked then.
  const wouldDouble = error instanceof BackstitchError && error.code === 'RowsWouldDouble';
  const destination = destinations.find(({ id }) => id === draft.destinationId);
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (destination && !isNothing) mutate(destination.id);
      }}
    >
      <ReplayFields draft={draft} tables={tables} destinations={destinations} onChange={setDraft} />
      {destination && (
        <p>
          What {source.display_name} has sent before, and is still kept, goes into{' '}
          <strong>{destination.name}</strong> once more. Newer rows there are never replaced by older ones.{' '}
          {destination.id === source.destination_id
            ? 'What is sent from now on waits, table by table, until the replay has passed.'
            : 'The source goes on loading where it is mapped to.'}
        </p>
      )}
      {error && !wouldDouble && <Notice tone="bad" title={explain(error)} />}
      {wouldDouble && (
        <Notice tone="bad" title={error.message.replace(/^Destination \d+/, destination?.name ?? '$&')}>
          <p>Leave these tables out, ask for a later time, or remove their rows there first.</p>
          <label className="flag">
            <input
              type="checkbox"
              name="force"
              checked={draft.force}
              onChange={(event) => setDraft({ ...draft, force: event.target.checked })}
            />
            Add every row once more
          </label>
        </Notice>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Not now
        </button>
        <BusyButton kind="primary" type="submit" busy={isPending || !destination || isNothing}>
          Load once more
        </BusyButton>
      </div>
    </form>
  );
}
