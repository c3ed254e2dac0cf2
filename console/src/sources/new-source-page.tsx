import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { backstitch, explain } from '../api/backstitch.ts';
import { destinationsQuery } from '../api/destinations.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { type SourceDraft, SourceForm } from './source-form.tsx';

/** Makes a source, and goes on to its token. */
export function NewSourcePage() {
  const destinations = useQuery(destinationsQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ displayName, destinationId, setsAside }: SourceDraft) =>
      backstitch.sources.create({
        type: 'import_api',
        display_name: displayName.trim(),
        destination_id: destinationId,
        properties: setsAside ? { on_invalid: 'reject' } : {},
      }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries();
      await navigate({ to: '/sources/$id/token', params: { id } });
    },
  });
  return (
    <Page title="New source" before={<Link to="/sources">Sources</Link>}>
      <Loaded query={destinations}>
        {(all) => (
          <SourceForm
            initial={{ displayName: '', destinationId: all[0]?.id ?? null, setsAside: true }}
            error={error ? explain(error) : undefined}
            onSubmit={mutate}
          >
            <BusyButton kind="primary" type="submit" busy={isPending}>
              Create source
            </BusyButton>
          </SourceForm>
        )}
      </Loaded>
    </Page>
  );
}
