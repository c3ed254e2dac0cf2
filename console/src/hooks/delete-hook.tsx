import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch } from '../api/backstitch.ts';
import { hooksQuery } from '../api/hooks.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';

export function DeleteHook({ id }: { readonly id: number }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const url = useQuery(hooksQuery).data?.find((hook) => hook.id === id)?.config.url;
  const close = () => void navigate({ to: '/webhooks/$id', params: { id } });
  const attempt = useMutation({
    mutationFn: () => backstitch.hooks.delete(id),
    onSuccess: async () => {
      await navigate({ to: '/webhooks' });
      await client.invalidateQueries({ queryKey: ['hooks'] });
    },
  });
  return (
    <ConfirmDialog title="Delete this webhook?" action="Delete webhook" attempt={attempt} onClose={close}>
      <p>
        <code>{url}</code> is told nothing any more. Messages on their way are dropped, and its secret is
        erased.
      </p>
    </ConfirmDialog>
  );
}
