import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { accountQuery } from '../api/account.ts';
import { backstitch } from '../api/backstitch.ts';
import { followEvents } from '../api/live-updates.ts';
import mark from '../images/mark.svg';
import { ConnectionNotice } from './connection-notice.tsx';
import { keepFocus } from './keep-focus.ts';
import { ThemeSwitch } from './theme-switch.tsx';

/** What stands around every view of somebody who is signed in. */
export function Shell() {
  const client = useQueryClient();
  useEffect(() => followEvents(client), [client]);
  useEffect(keepFocus, []);
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="bar">
        <Mark />
        <nav aria-label="Main">
          <Link to="/destinations">Destinations</Link>
          <Link to="/sources">Sources</Link>
          <Link to="/loads">Loads</Link>
          <Link to="/rejected">Rejected</Link>
          <Link to="/changes">Changes</Link>
          <Link to="/webhooks">Webhooks</Link>
        </nav>
        <div className="bar-end">
          <WayBack />
          <AccountLink />
          <ThemeSwitch />
          <SignOut />
        </div>
      </header>
      <ConnectionNotice />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

/** Ours, or that of the partner whose user this is. */
function Mark() {
  const partner = useQuery(accountQuery).data?.partner;
  return (
    <Link to="/" className="mark">
      {partner?.logo ? (
        <img src={partner.logo} alt="" height="24" className="partner-logo" />
      ) : (
        <img src={mark} alt="" width="24" height="24" />
      )}
      <span>{partner?.name ?? 'Backstitch'}</span>
    </Link>
  );
}

/** To where the partner's users came from, as whoever runs the server has configured it. */
function WayBack() {
  const partner = useQuery(accountQuery).data?.partner;
  if (!partner?.return_url) return null;
  return (
    <a href={partner.return_url} rel="noreferrer" className="way-back">
      Back to {partner.name}
    </a>
  );
}

function AccountLink() {
  const { data } = useQuery(accountQuery);
  return (
    <Link to="/account" className="account-link">
      {data?.company || 'Account'}
    </Link>
  );
}

function SignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending } = useMutation({
    mutationFn: () => backstitch.sessions.signOut(),
    onSuccess: async () => {
      await navigate({ to: '/sign-in' });
      client.clear();
    },
  });
  return (
    <button type="button" className="button button-small" disabled={isPending} onClick={() => mutate()}>
      Sign out
    </button>
  );
}
