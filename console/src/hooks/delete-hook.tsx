import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch, explain } from '../api/backstitch.ts';
import { hooksQuery } from '../api/hooks.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Dialog } from '../elements/dialog.tsx';

export function DeleteHook({ id }: { readonly id: number }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const url = useQuery(hooksQuery).data?.find((hook) => hook.id === id)?.config.url;
  const close = () => void navigate({ to: '/webhooks/$id', params: { id } });
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => backstitch.hooks.delete(id),
    onSuccess: async () => {
      await navigate({ to: '/webhooks' });
      await client.invalidateQueries({ queryKey: ['hooks'] });
    },
  });
  return (
    <Dialog title="Delete this webhook?" onClose={close}>
      <p>
        <code>{url}</code> is told nothing any more. Messages on their way are dropped, and its secret is
        erased.
      </p>
      {error && <p className="field-error">{explain(error)}</p>}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={close}>
          Keep it
        </button>
        <BusyButton kind="danger" busy={isPending} onClick={mutate}>
          Delete webhook
        </BusyButton>
      </div>
    </Dialog>
  );
}
