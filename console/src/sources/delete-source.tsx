import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch } from '../api/backstitch.ts';
import { sourceQuery } from '../api/sources.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { useTables } from '../loads/use-tables.ts';

/** Says what is lost with a source before it is gone. */
export function DeleteSource({ id }: { readonly id: number }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const name = useQuery(sourceQuery(id)).data?.display_name ?? '';
  const waiting = useTables()
    .filter(({ source_id }) => source_id === id)
    .reduce((sum, { batches_waiting }) => sum + batches_waiting, 0);
  const close = () => void navigate({ to: '/sources/$id', params: { id } });
  const attempt = useMutation({
    mutationFn: () => backstitch.sources.delete(id),
    onSuccess: async ({ discardedBatches }) => {
      const lost =
        discardedBatches === 0
          ? 'nothing was waiting'
          : `${renderQuantity(discardedBatches, 'batch', 'batches')} that waited ${discardedBatches === 1 ? 'was' : 'were'} discarded`;
      await navigate({ to: '/sources', state: { said: `${name} is deleted; ${lost}.` } });
      await client.invalidateQueries();
    },
  });
  return (
    <ConfirmDialog title={`Delete ${name}?`} action="Delete source" attempt={attempt} onClose={close}>
      <p>Its tokens stop working at once. The tables it has filled stay as they are.</p>
      {waiting > 0 && (
        <p>
          <strong>
            {renderQuantity(waiting, 'batch that is', 'batches that are')} not loaded yet will be discarded.
          </strong>
        </p>
      )}
    </ConfirmDialog>
  );
}
