import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch } from '../api/backstitch.ts';
import { destinationQuery } from '../api/destinations.ts';
import { hooksQuery } from '../api/hooks.ts';
import { sourcesQuery } from '../api/sources.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { useTables } from '../loads/use-tables.ts';

/** Says what depends on a destination before it is gone. */
export function DeleteDestination({ id }: { readonly id: number }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const name = useQuery(destinationQuery(id)).data?.destination.name ?? '';
  const sources = useQuery(sourcesQuery).data?.filter(({ destination_id }) => destination_id === id);
  const hooks = useQuery(hooksQuery).data?.filter(({ destination_id }) => destination_id === id);
  const ids = new Set(sources?.map((source) => source.id));
  const waiting = useTables()
    .filter(({ source_id }) => ids.has(source_id))
    .reduce((sum, { batches_waiting }) => sum + batches_waiting, 0);
  const close = () => void navigate({ to: '/destinations/$id', params: { id } });
  const attempt = useMutation({
    mutationFn: () => backstitch.destinations.delete(id),
    onSuccess: async () => {
      await navigate({ to: '/destinations' });
      client.removeQueries({ queryKey: ['destinations', id] });
      await client.invalidateQueries();
    },
  });
  return (
    <ConfirmDialog title={`Delete ${name}?`} action="Delete destination" attempt={attempt} onClose={close}>
      <p>The tables in it stay as they are. Its settings and stored credentials are erased.</p>
      {sources && sources.length > 0 && (
        <>
          <p>
            <strong>{renderQuantity(sources.length, 'source')} will be paused</strong> until you map{' '}
            {sources.length === 1 ? 'it' : 'them'} to another destination:
          </p>
          <ul>
            {sources.map((source) => (
              <li key={source.id}>{source.display_name}</li>
            ))}
          </ul>
        </>
      )}
      {waiting > 0 && <p>{renderQuantity(waiting, 'batch', 'batches')} of records will go on waiting.</p>}
      {hooks && hooks.length > 0 && <p>{renderQuantity(hooks.length, 'webhook')} will be deleted with it.</p>}
      {sources?.length === 0 && hooks?.length === 0 && <p>Nothing depends on it.</p>}
    </ConfirmDialog>
  );
}
