import { type Operation, objectError, type Response } from '../openapi/operation.ts';
import { accessErrors, bodyErrors } from '../openapi/usual-errors.ts';

const forbidden = (message: string): Response => ({
  description: 'A page of another site asked, or the header Backstitch-Session is missing.',
  schema: 'ErrorObject',
  examples: { Forbidden: { error: 'Forbidden', message } },
});
const otherSite = forbidden('This request was made by a page of another site.');

const signedIn: Response = {
  description: 'Whose session it is, and when it ends.',
  schema: 'Session',
  examples: { Session: { account_id: 116078, expires_at: '2018-02-07T03:36:36Z' } },
};

/** How browsers sign in. The first call is the original's, the others are ours. */
export const sessionOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v3/sessions/ephemeral',
    id: 'createEphemeralToken',
    tag: 'Account',
    summary: 'Create an ephemeral token',
    description:
      'A browser that brings it to `POST /v4/session` within an hour is signed in as this account; that works once. Takes no body. A session cannot ask for one.',
    security: 'token',
    responses: {
      200: {
        description: 'The token.',
        schema: 'EphemeralToken',
        examples: { Token: { ephemeral_token: 'ep_pQ3n6y0sJm8Wv1Zk5uTtXbG7hRcLdE2fAaYoNi9KxB4' } },
      },
      403: forbidden('A session cannot make another one: it would never have to end.'),
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: '/v4/session',
    id: 'signIn',
    tag: 'Account',
    summary: 'Sign in a browser',
    description:
      "Takes an ephemeral token or an access token, and answers with a cookie that is good for twelve hours, or until that access token is revoked or the account suspended. The session has exactly its account's rights: every call of the Connect API takes it, but the Import API does not. Requests with it that change something need the header `Backstitch-Session`, with any value, as does this one: pages of other sites cannot send it.",
    security: 'nobody',
    parameters: ['sessionHeader'],
    body: {
      schema: 'SignInRequest',
      examples: {
        'With an ephemeral token': { ephemeral_token: 'ep_pQ3n6y0sJm8Wv1Zk5uTtXbG7hRcLdE2fAaYoNi9KxB4' },
        'With an access token': { access_token: 'ac_Zk5uTtXbG7hRcLdE2fAaYoNi9KxB4pQ3n6y0sJm8Wv1' },
      },
    },
    responses: {
      200: { ...signedIn, headers: ['Set-Cookie'] },
      400: {
        description: 'The body has neither token, or both.',
        schema: 'ErrorObject',
        examples: {
          InvalidBody: objectError(
            'InvalidBody',
            'The body must have access_token or ephemeral_token, a string.',
          ),
        },
      },
      403: otherSite,
      ...accessErrors,
      ...bodyErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/session',
    id: 'getSession',
    tag: 'Account',
    summary: 'Get the session',
    description: 'Whose session this browser has. 401 where it has none.',
    security: 'session',
    responses: { 200: signedIn, 403: otherSite, ...accessErrors },
  },
  {
    method: 'delete',
    path: '/v4/session',
    id: 'signOut',
    tag: 'Account',
    summary: 'Sign out a browser',
    description: 'Ends the session and takes the cookie away. Without a session it does nothing.',
    security: 'nobody',
    parameters: ['sessionHeader'],
    responses: {
      200: { description: 'Signed out.', schema: 'Empty', examples: { Empty: {} }, headers: ['Set-Cookie'] },
      403: otherSite,
    },
  },
];
