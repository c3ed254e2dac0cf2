import { useQuery } from '@tanstack/react-query';
import { accountQuery, sessionQuery } from '../api/account.ts';
import { CodeBlock } from '../elements/code-block.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { renderClock } from '../elements/time.tsx';

/** What others have to know of this account: the key for SSH servers, the addresses for firewalls. */
export function AccountPage() {
  const account = useQuery(accountQuery);
  const session = useQuery(sessionQuery).data;
  return (
    <Page title="Account">
      <Loaded query={account} lines={6}>
        {({ id, company, region, network_policy, ssh_public_key, egress_addresses }) => (
          <>
            <dl className="facts">
              <dt>Name</dt>
              <dd>{company || '—'}</dd>
              <dt>Id (client_id of the APIs)</dt>
              <dd>{id}</dd>
              <dt>Region</dt>
              <dd>{region}</dd>
              <dt>Destinations may be</dt>
              <dd>
                {network_policy === 'private'
                  ? 'in private networks too (policy private)'
                  : 'at public addresses only (policy public)'}
              </dd>
              <dt>Connections come from</dt>
              <dd>
                {egress_addresses.length === 0
                  ? 'addresses that the operator has not named'
                  : egress_addresses.join(', ')}
              </dd>
              {session && (
                <>
                  <dt>You are signed in until</dt>
                  <dd>{renderClock(session.expires_at)}</dd>
                </>
              )}
            </dl>
            <section className="panel">
              <h2>Public key for SSH servers</h2>
              <p>
                A line for <code>authorized_keys</code> of the user that tunnels are made as.
              </p>
              <CodeBlock text={ssh_public_key} label="Public key" copyLabel="Copy key" />
            </section>
            <p>
              Everything here can be done by programs too: <a href="/docs">the API</a>.
            </p>
          </>
        )}
      </Loaded>
    </Page>
  );
}
