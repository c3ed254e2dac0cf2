import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch, explain } from '../api/backstitch.ts';
import { stuckBatchesQuery } from '../api/sources.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Dialog } from '../elements/dialog.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { renderCount, renderQuantity } from '../elements/quantity.ts';
import { renderClock } from '../elements/time.tsx';

/** Names what is lost with a batch before it is given up. */
export function DiscardBatch({ id, batch: batchId }: { readonly id: number; readonly batch: string }) {
  const batches = useQuery(stuckBatchesQuery(id));
  const navigate = useNavigate();
  const client = useQueryClient();
  const close = () => void navigate({ to: '/sources/$id', params: { id } });
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: () => backstitch.sources.discardBatch(id, batchId),
    onSettled: () => client.invalidateQueries(),
  });
  const batch = batches.data?.find((each) => each.id === batchId);
  return (
    <Dialog title={data ? 'Given up' : 'Discard this batch?'} onClose={close}>
      {data ? (
        <p role="status">
          {data.discarded
            ? `${renderQuantity(data.records, 'record')} of ${data.table_name} are discarded. What waited behind goes on.`
            : `Its load was begun once, so the destination is asked first whether it stands there. If it does not, ${renderQuantity(data.records, 'record')} of ${data.table_name} will be discarded, and what waits behind goes on.`}
        </p>
      ) : (
        <Loaded query={batches}>
          {() =>
            batch ? (
              <>
                <p>
                  <strong>
                    {renderQuantity(batch.records, 'record')} of <code>{batch.table_name}</code> will be lost
                  </strong>
                  , {renderCount(batch.bytes)} bytes, received {renderClock(batch.received_at)}. They are not
                  loaded and cannot be brought back from here; their sender can send them again.
                </p>
                <p>Others of the table that wait behind it are loaded then.</p>
              </>
            ) : (
              <p>There is no such batch that waits: it was loaded or discarded meanwhile.</p>
            )
          }
        </Loaded>
      )}
      {error && <p className="field-error">{explain(error)}</p>}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={close}>
          {data || !batch ? 'Close' : 'Keep it'}
        </button>
        {!data && batch && (
          <BusyButton kind="danger" busy={isPending} onClick={mutate}>
            Discard {renderQuantity(batch.records, 'record')}
          </BusyButton>
        )}
      </div>
    </Dialog>
  );
}
