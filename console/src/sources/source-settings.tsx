import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { backstitch, explain } from '../api/backstitch.ts';
import { sourceQuery } from '../api/sources.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { type SourceDraft, SourceForm } from './source-form.tsx';

/** Renames a source, maps it, and says what becomes of its invalid records. */
export function SourceSettings({ id }: { readonly id: number }) {
  const source = useQuery(sourceQuery(id));
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ displayName, destinationId, setsAside }: SourceDraft) =>
      backstitch.sources.update(id, {
        display_name: displayName.trim(),
        destination_id: destinationId,
        properties: { on_invalid: setsAside ? 'reject' : null },
      }),
    onSuccess: async () => {
      await client.invalidateQueries();
      await navigate({ to: '/sources/$id', params: { id } });
    },
  });
  return (
    <Loaded query={source} lines={6}>
      {({ display_name, destination_id, properties }) => (
        <SourceForm
          initial={{
            displayName: display_name,
            destinationId: destination_id,
            setsAside: properties.on_invalid === 'reject',
          }}
          error={error ? explain(error) : undefined}
          onSubmit={mutate}
        >
          <BusyButton kind="primary" type="submit" busy={isPending}>
            Save
          </BusyButton>
        </SourceForm>
      )}
    </Loaded>
  );
}
