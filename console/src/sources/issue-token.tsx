import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch, explain } from '../api/backstitch.ts';

import { BusyButton } from '../elements/busy-button.tsx';
import { CodeBlock } from '../elements/code-block.tsx';
import { Dialog } from '../elements/dialog.tsx';
import { SendExample } from './send-example.tsx';

/** Makes a token and shows it, once, in a call that can be pasted into a shell. */
export function IssueToken({ id }: { readonly id: number }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: () => backstitch.sources.createToken(id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['sources', id] }),
    // Not a moment longer than it is shown.
    gcTime: 0,
  });
  const close = () => void navigate({ to: '/sources/$id', params: { id } });
  return (
    <Dialog title={data ? 'Your token' : 'A token for this source'} onClose={close}>
      {data === undefined ? (
        <>
          <p>
            Programs send records with it. It is shown once and stored as a hash: keep it where they find it.
          </p>
          {error && <p className="field-error">{explain(error)}</p>}
        </>
      ) : (
        <>
          <p>
            <strong>It is shown this once.</strong> If it is lost, issue another and revoke this one.
          </p>
          <CodeBlock text={data.access_token} label="Token" copyLabel="Copy token" />
          <p>Send a first record with it:</p>
          <SendExample token={data.access_token} />
        </>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={close}>
          {data === undefined ? 'Not now' : 'I have copied it'}
        </button>
        {data === undefined && (
          <BusyButton kind="primary" busy={isPending} onClick={mutate}>
            Issue the token
          </BusyButton>
        )}
      </div>
    </Dialog>
  );
}
