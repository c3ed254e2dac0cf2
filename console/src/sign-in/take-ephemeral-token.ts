/**
 * The token in the link that led here. It stands after the `#`, which browsers send to no server, and is taken out of
 * the address, so that it is in no history and no bookmark. Null: there is none.
 */
export function takeEphemeralToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('ephemeral_token');
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
