import type { Replay, ReplayedTable } from '@backstitch/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch, explain } from '../api/backstitch.ts';
import { destinationQuery } from '../api/destinations.ts';
import { replayQuery } from '../api/replays.ts';
import { Remedy } from '../checks/check-steps.tsx';
import { BusyButton } from '../elements/busy-button.tsx';
import { Dialog } from '../elements/dialog.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { renderClock } from '../elements/time.tsx';
import { doneOf, ReplayState } from './replay-state.tsx';

/** How far a replay is, and stopping it. */
export function ReplayProgress({ id, replay }: { readonly id: number; readonly replay: number }) {
  const found = useQuery(replayQuery(id, replay));
  const navigate = useNavigate();
  const close = () => void navigate({ to: '/sources/$id', params: { id } });
  const isLoading = found.data?.state === 'loading';
  return (
    <Dialog title="Loading once more" onClose={close}>
      <Loaded query={found}>{(data) => <Progress replay={data} />}</Loaded>
      <div className="dialog-actions">
        {isLoading && <Stop sourceId={id} replay={replay} />}
        <button type="button" className="button" onClick={close}>
          {isLoading ? 'Close, it goes on' : 'Close'}
        </button>
      </div>
    </Dialog>
  );
}

function Progress({ replay }: { readonly replay: Replay }) {
  const name = useQuery(destinationQuery(replay.destination_id)).data?.destination.name ?? 'a destination';
  return (
    <>
      <p role="status">
        Into <strong>{name}</strong>: <ReplayState replay={replay} />
      </p>
      <ul className="plain-list">
        {replay.tables.map((table) => (
          <Table key={table.table_name} table={table} />
        ))}
      </ul>
      {replay.state === 'loading' && (
        <p className="quiet">
          Stopping gives up what is not loaded yet; rows that are loaded stay in the destination.
        </p>
      )}
    </>
  );
}

function Table({ table }: { readonly table: ReplayedTable }) {
  const { table_name, batches, records, missing_until, error } = table;
  return (
    <li className="replayed">
      <p className="row">
        <code>{table_name}</code>
        <span className="quiet">
          {renderQuantity(records, 'record')} in {renderQuantity(batches, 'batch', 'batches')}
        </span>
      </p>
      <progress max={batches} value={doneOf(table)} aria-label={`Loaded of ${table_name}`} />
      {missing_until && (
        <p className="quiet">What came until {renderClock(missing_until)} is not kept any more.</p>
      )}
      {error && (
        <>
          <p className="field-error">{error.message}</p>
          <Remedy text={error.remedy} />
        </>
      )}
    </li>
  );
}

function Stop({ sourceId, replay }: { readonly sourceId: number; readonly replay: number }) {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => backstitch.replays.cancel(sourceId, replay),
    onSettled: () => client.invalidateQueries({ queryKey: ['sources', sourceId] }),
  });
  return (
    <>
      {error && <p className="field-error">{explain(error)}</p>}
      <BusyButton kind="danger" busy={isPending} onClick={mutate}>
        Stop
      </BusyButton>
    </>
  );
}
