import type { Session } from '@backstitch/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { sessionQuery } from '../api/account.ts';
import { backstitch, explain } from '../api/backstitch.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Field } from '../elements/field.tsx';
import { Notice } from '../elements/notice.tsx';
import { Page } from '../elements/page.tsx';
import { useFirstError } from '../elements/use-first-error.ts';
import mark from '../images/mark.svg';
import { takeEphemeralToken } from './take-ephemeral-token.ts';

/** Where a browser becomes somebody: with a token that is pasted, or one that came with a link. */
export function SignInPage({ to }: { readonly to: string | undefined }) {
  const [token, setToken] = useState('');
  const { signIn, error, isPending, isByLink } = useSignIn(to);
  const form = useFirstError(isByLink || !error ? '' : error.message);
  return (
    <main className="sign-in">
      <img src={mark} alt="" width="40" height="40" />
      <Page title="Sign in" heading="Sign in to Backstitch">
        {isByLink && error && (
          <Notice tone="bad" title="This link does not work.">
            <p>{explain(error)}</p>
          </Notice>
        )}
        {isByLink && isPending && <p role="status">Signing in …</p>}
        <form
          ref={form}
          onSubmit={(event) => {
            event.preventDefault();
            if (token.trim() !== '') signIn(() => backstitch.sessions.signIn({ access_token: token.trim() }));
          }}
        >
          <Field
            label="Access token"
            help="The server printed it when it was first started; it begins with ac_. Another one: npx backstitch tokens create."
            error={isByLink || !error ? undefined : explain(error)}
          >
            {(parts) => (
              <input
                {...parts}
                type="password"
                name="token"
                autoComplete="current-password"
                spellCheck={false}
                value={token}
                onChange={(event) => setToken(event.target.value)}
              />
            )}
          </Field>
          <BusyButton kind="primary" type="submit" busy={isPending}>
            Sign in
          </BusyButton>
        </form>
        <p className="quiet">The session ends after twelve hours, or when the token is revoked.</p>
      </Page>
    </main>
  );
}

function useSignIn(to: string | undefined) {
  const client = useQueryClient();
  const router = useRouter();
  const [link] = useState(takeEphemeralToken);
  const { mutate, error, isPending } = useMutation({
    // Refused here, it is the token that is wrong, not the session that has ended.
    mutationKey: ['sign-in'],
    mutationFn: (exchange: () => Promise<Session>) => exchange(),
    async onSuccess(session) {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      // Only a path of the console's own; whatever else was put there is no place to go to.
      await router.navigate({ to: to?.startsWith('/') && !to.startsWith('//') ? to : '/' });
    },
  });
  const isUsed = useRef(false);
  useEffect(() => {
    if (link === null || isUsed.current) return;
    isUsed.current = true;
    mutate(() => backstitch.sessions.signIn({ ephemeral_token: link }));
  }, [link, mutate]);
  return { signIn: mutate, error, isPending, isByLink: link !== null };
}
