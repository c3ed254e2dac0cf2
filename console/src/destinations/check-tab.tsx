import type { ConnectionCheckWithSteps as Check } from '@backstitch/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { backstitch, explain } from '../api/backstitch.ts';
import { checksQuery } from '../api/destinations.ts';
import { hooksQuery } from '../api/hooks.ts';
import { sourcesQuery } from '../api/sources.ts';
import { CheckSteps } from '../checks/check-steps.tsx';
import { useLiveCheck } from '../checks/use-live-check.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Notice } from '../elements/notice.tsx';
import { TimeAgo } from '../elements/time.tsx';

/** What the last check found, and a new one. */
export function CheckTab({ id }: { readonly id: number }) {
  const checks = useQuery(checksQuery(id));
  return (
    <Loaded query={checks} lines={8}>
      {(all) => {
        const shown = all.find(({ status }) => status !== 'superseded');
        return (
          <>
            {shown === undefined ? <FirstCheck id={id} /> : <LastCheck id={id} check={shown} />}
            <NextStep id={id} isHealthy={shown?.status === 'succeeded'} />
            <NoWebhook id={id} />
            {all.length > 1 && <EarlierChecks checks={all.filter((check) => check !== shown)} />}
          </>
        );
      }}
    </Loaded>
  );
}

const FirstCheck = ({ id }: { readonly id: number }) => (
  <section className="panel">
    <p>The settings have not been checked yet.</p>
    <TestButton id={id} isRunning={false} />
  </section>
);

const origins: Readonly<Record<Check['origin'], string>> = {
  saved: 'after a change',
  requested: 'on request',
  strict: 'before a change was stored',
  unsaved: 'without storing',
  probe: 'by itself, to see whether it works again',
};

function LastCheck({ id, check }: { readonly id: number; readonly check: Check }) {
  const { steps, running } = useLiveCheck(id, check);
  const isRunning = check.status === 'running';
  const failed = steps.find(({ status }) => status === 'failed');
  return (
    <section className="panel" aria-labelledby="check-title">
      <header className="panel-header">
        <div>
          <h2 id="check-title">
            {isRunning ? 'Checking' : failed ? 'The check failed' : 'The check succeeded'}
          </h2>
          <p className="quiet">
            <TimeAgo time={check.start_time} />, {origins[check.origin]}
          </p>
        </div>
        <TestButton id={id} isRunning={isRunning} />
      </header>
      <CheckSteps steps={steps} running={isRunning ? running : null} />
      {check.origin === 'strict' && failed && (
        <Notice
          tone="idle"
          title="These settings were refused because they do not work; the stored ones are as they were."
        />
      )}
      {failed?.code === 'ssh_host_key_changed' && <AcceptHostKey id={id} />}
      {failed && (
        <Link to="/destinations/$id/settings" params={{ id }} className="button">
          Change the settings
        </Link>
      )}
    </section>
  );
}

function TestButton({ id, isRunning }: { readonly id: number; readonly isRunning: boolean }) {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => backstitch.destinations.check(id),
    onSettled: () => client.invalidateQueries({ queryKey: ['destinations', id] }),
  });
  return (
    <div>
      <BusyButton busy={isPending || isRunning} kind="primary" onClick={mutate}>
        {isRunning ? 'Testing …' : 'Test'}
      </BusyButton>
      {error && <p className="field-error">{explain(error)}</p>}
    </div>
  );
}

function AcceptHostKey({ id }: { readonly id: number }) {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () => backstitch.destinations.acceptSshHostKey(id),
    onSettled: () => client.invalidateQueries({ queryKey: ['destinations', id] }),
  });
  return (
    <BusyButton busy={isPending} kind="danger" onClick={mutate}>
      The SSH server really got a new key: trust it
    </BusyButton>
  );
}

/** A destination alone receives nothing. */
function NextStep({ id, isHealthy }: { readonly id: number; readonly isHealthy: boolean }) {
  const sources = useQuery(sourcesQuery);
  if (!sources.data || !isHealthy || sources.data.some(({ destination_id }) => destination_id === id))
    return null;
  return (
    <section className="panel panel-next">
      <h2>Next: where do records come from?</h2>
      <p>A source has its own schema in this destination, and a token to send records with.</p>
      <Link to="/sources/new" className="button button-primary">
        New source
      </Link>
    </section>
  );
}

/** Whoever does not look here learns of a failure only from somebody else. */
function NoWebhook({ id }: { readonly id: number }) {
  const hooks = useQuery(hooksQuery).data;
  if (!hooks || hooks.some(({ destination_id }) => destination_id === id)) return null;
  return (
    <p className="aside">
      Nobody is told when it fails.{' '}
      <Link to="/webhooks/new" search={{ destination: id }}>
        Make a webhook
      </Link>
    </p>
  );
}

function EarlierChecks({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <section className="panel">
      <h2>Earlier checks</h2>
      <ul className="plain-list">
        {checks.slice(0, 10).map((check) => (
          <li key={check.name}>
            <details>
              <summary>
                <TimeAgo time={check.start_time} />: {outcomes[check.status]}, {origins[check.origin]}
              </summary>
              <CheckSteps steps={check.steps} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

const outcomes: Readonly<Record<Check['status'], string>> = {
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  superseded: 'overtaken by newer settings',
};
