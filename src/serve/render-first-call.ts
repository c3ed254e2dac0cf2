/**
 * What the first start prints: the one time that the token is shown, and a call that works when it is pasted into a
 * shell.
 */
export const renderFirstCall = (address: string, token: string): string => `
Backstitch serves at ${address}

This is the access token of its first account. It is shown this once: keep it.

  ${token}

Sign in with it at ${address}/console/ in a browser, or try it here:

  curl ${address}/v4/destination-types/postgres -H 'Authorization: Bearer ${token}'

All calls are explained at ${address}/docs

`;
