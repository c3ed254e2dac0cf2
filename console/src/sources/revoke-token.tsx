import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch, explain } from '../api/backstitch.ts';

import { BusyButton } from '../elements/busy-button.tsx';
import { Dialog } from '../elements/dialog.tsx';

export function RevokeToken({ id, token }: { readonly id: number; readonly token: number }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const close = () => void navigate({ to: '/sources/$id', params: { id } });
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => backstitch.sources.revokeToken(id, token),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['sources', id] });
      close();
    },
  });
  return (
    <Dialog title={`Revoke token ${token}?`} onClose={close}>
      <p>Programs that send with it are refused at once. What they have sent before stays.</p>
      {error && <p className="field-error">{explain(error)}</p>}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={close}>
          Keep it
        </button>
        <BusyButton kind="danger" busy={isPending} onClick={mutate}>
          Revoke token
        </BusyButton>
      </div>
    </Dialog>
  );
}
