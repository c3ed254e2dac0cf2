import { renderEndpoint as at, type FindingKind, renderEgress } from '../finding.ts';
import type { Endpoint } from '../findings.ts';
import { quoteLiteral } from './quote.ts';

/** Where we tried to sign in, and as whom. */
export interface SignInFacts extends Endpoint {
  readonly username: string;
  readonly encrypted: boolean;
  /** The server's own words, fit to be shown; empty when it said nothing. */
  readonly said: string;
}

interface Timed {
  readonly seconds: number;
}

const quoted = (said: string): string => (said === '' ? '' : ` The server says: ${said}`);

/** `'loader'@'203.0.113.7'`: the user as the server knows it, from where we come. */
const account = ({ username, egress }: SignInFacts): string => {
  const [only = '%', ...others] = egress;
  const from = others.length > 0 || only.includes('/') ? '%' : only;
  return `${quoteLiteral(username)}@${quoteLiteral(from)}`;
};

/** What can go wrong from the server's greeting to a signed-in session. */
export const signInFindings = {
  not_mysql: {
    when: 'Something else than MySQL or MariaDB listens there.',
    message: (to) => `What answers at ${at(to)} does not speak the protocol of MySQL.`,
    remedy: () =>
      'Check the port (MySQL usually listens on 3306; 33060 is another protocol) and that no web proxy stands in between.',
  } satisfies FindingKind<Endpoint>,
  no_greeting: {
    when: 'The server accepted the connection and said nothing.',
    message: (to) => `${at(to)} accepted the connection but did not greet within ${to.seconds} seconds.`,
    remedy: () =>
      'MySQL speaks first. Check that it is MySQL that listens on this port; a server that looks up the names of its clients may need skip_name_resolve.',
  } satisfies FindingKind<Endpoint & Timed>,
  closed_early: {
    when: 'The server closed the connection before signing in was done.',
    message: (to) => `${at(to)} closed the connection before signing in was done.`,
    remedy: (to) =>
      `Its error log names the reason. A proxy or firewall in between may also do so: it must let ${renderEgress(to.egress)} in on port ${to.port}.`,
  } satisfies FindingKind<Endpoint>,
  sign_in_timeout: {
    when: 'The server greeted and did not finish signing in in time.',
    message: (to) => `${at(to)} did not finish signing in within ${to.seconds} seconds.`,
    remedy: () => 'The server is hung or overloaded, or something in between swallows what is sent.',
  } satisfies FindingKind<Endpoint & Timed>,
  tls_cannot_be_verified: {
    when: 'The connection is encrypted; this type has no property for a certificate to know the server by.',
    message: (to) =>
      `The connection to ${at(to)} is encrypted, but it is not verified that the server is the right one.`,
    remedy: () => 'Nothing can be set here: let the way to the server lead through a network that you trust.',
  } satisfies FindingKind<Endpoint>,
  connection_in_clear: {
    when: 'TLS is off (ssl is not true) and the connection crosses a network in the clear.',
    message: (to) => `The connection to ${at(to)} is not encrypted: what is loaded can be read on the way.`,
    remedy: () => 'Set ssl to true.',
  } satisfies FindingKind<Endpoint>,
  wrong_password: {
    when: 'The password is wrong, the user does not exist from this address, or it must use TLS (MySQL does not tell which).',
    message: (to) => `${at(to)} refused user ${to.username}.${quoted(to.said)}`,
    remedy: (to) =>
      `Check username and password, and that the user exists for connections from ${renderEgress(to.egress)}: SELECT user, host FROM mysql.user WHERE user = ${quoteLiteral(to.username)};${to.encrypted ? '' : ' If the user was made with REQUIRE SSL, set ssl to true.'}`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  host_not_allowed: {
    when: 'No user may connect from our address.',
    message: (to) => `${at(to)} lets nobody in from here.${quoted(to.said)}`,
    remedy: (to) => `Run as an administrator: CREATE USER ${account(to)} IDENTIFIED BY '<password>';`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  host_blocked: {
    when: 'The server has shut our address out after too many broken connections.',
    message: (to) => `${at(to)} has blocked the address of this server.${quoted(to.said)}`,
    remedy: () => 'Run as an administrator: FLUSH HOSTS; and raise max_connect_errors.',
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  account_locked: {
    when: 'The user is locked.',
    message: (to) => `User ${to.username} at ${at(to)} is locked.`,
    remedy: (to) => `Run as an administrator: ALTER USER ${account(to)} ACCOUNT UNLOCK;`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  password_expired: {
    when: 'The password has expired.',
    message: (to) => `The password of user ${to.username} at ${at(to)} has expired.`,
    remedy: (to) =>
      `Run as an administrator: ALTER USER ${account(to)} IDENTIFIED BY '<new password>' PASSWORD EXPIRE NEVER; and update the destination.`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  sign_in_method_unsupported: {
    when: 'The server asks for a way of signing in other than a password that is never sent in the clear.',
    message: (to) => `${at(to)} asks for a way of signing in that is not supported.${quoted(to.said)}`,
    remedy: (to) =>
      `Run as an administrator: ALTER USER ${account(to)} IDENTIFIED WITH caching_sha2_password BY '<password>'; (MariaDB: mysql_native_password).`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  too_many_connections: {
    when: 'The server or the user has no free connection left.',
    message: (to) => `${at(to)} has no free connection left.${quoted(to.said)}`,
    remedy: () => 'Close connections that are not used, or raise max_connections or max_user_connections.',
  } satisfies FindingKind<SignInFacts>,
  server_not_ready: {
    when: 'The server is starting up or shutting down.',
    message: (to) => `${at(to)} does not take connections now.${quoted(to.said)}`,
    remedy: () => 'Wait until the server is up and check again; its error log says how far it is.',
  } satisfies FindingKind<SignInFacts>,
  sign_in_failed: {
    when: 'Signing in failed for another reason; the words of the server are quoted.',
    message: (to) => `Signing in to ${at(to)} failed.${quoted(to.said)}`,
    remedy: () => "The server's error log usually says more.",
  } satisfies FindingKind<SignInFacts>,
};
