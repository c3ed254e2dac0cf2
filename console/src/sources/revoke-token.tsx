import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch } from '../api/backstitch.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';

export function RevokeToken({ id, token }: { readonly id: number; readonly token: number }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const close = () => void navigate({ to: '/sources/$id', params: { id } });
  const attempt = useMutation({
    mutationFn: () => backstitch.sources.revokeToken(id, token),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['sources', id] });
      close();
    },
  });
  return (
    <ConfirmDialog title={`Revoke token ${token}?`} action="Revoke token" attempt={attempt} onClose={close}>
      <p>Programs that send with it are refused at once. What they have sent before stays.</p>
    </ConfirmDialog>
  );
}
