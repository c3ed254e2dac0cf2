import { BackstitchError, type CreateHook, type Hook } from '@backstitch/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { backstitch } from '../api/backstitch.ts';
import { destinationsQuery } from '../api/destinations.ts';
import { CodeBlock } from '../elements/code-block.tsx';
import { Empty } from '../elements/empty.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { HookForm } from './hook-form.tsx';

const back = <Link to="/webhooks">Webhooks</Link>;

/** Makes a webhook, and shows the secret that it signs with, once. */
export function NewHookPage({ destination }: { readonly destination: number | undefined }) {
  const destinations = useQuery(destinationsQuery);
  const client = useQueryClient();
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: async (hook: CreateHook) => ({
      hook: await backstitch.hooks.create(hook),
      secret: hook.config.secret ?? null,
    }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['hooks'] }),
    // Not a moment longer than it is shown.
    gcTime: 0,
  });
  if (data) return <Made {...data} />;
  const isOfUrl = error instanceof BackstitchError && error.code === 'InvalidUri';
  return (
    <Page title="New webhook" before={back}>
      <Loaded query={destinations}>
        {(all) =>
          all.length === 0 ? (
            <Empty
              title="There is no destination yet"
              action={
                <Link to="/destinations/new" className="button button-primary">
                  New destination
                </Link>
              }
            >
              A webhook tells what happens to a destination: make that first.
            </Empty>
          ) : (
            <HookForm
              destinations={all}
              destination={destination}
              urlError={isOfUrl ? error : null}
              error={isOfUrl ? null : error}
              isBusy={isPending}
              onSubmit={mutate}
            />
          )
        }
      </Loaded>
    </Page>
  );
}

function Made({ hook, secret }: { readonly hook: Hook; readonly secret: string | null }) {
  return (
    <Page title="The webhook is there" before={back}>
      <section className="panel panel-next">
        {secret !== null && (
          <>
            <p>
              <strong>Its secret is shown this once.</strong> Keep it where the receiver finds it: it verifies
              the header <code>X-Backstitch-Signature</code> with it.
            </p>
            <CodeBlock text={secret} label="Secret" copyLabel="Copy secret" />
          </>
        )}
        <p>Next, send a test and see it arrive.</p>
        <Link to="/webhooks/$id" params={{ id: hook.id }} className="button button-primary">
          To the webhook
        </Link>
      </section>
    </Page>
  );
}
