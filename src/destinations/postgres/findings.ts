import { renderEndpoint as at, type FindingKind, findingMaker, renderEgress } from '../finding.ts';
import type { Endpoint } from '../findings.ts';
import { quoteIdentifier } from './quote.ts';

/** Where we tried to sign in, as whom. */
export interface SignInFacts extends Endpoint {
  readonly username: string;
  readonly database: string;
  readonly encrypted: boolean;
  /** The server's own words, fit to be shown; empty when it said nothing. */
  readonly said: string;
}

/** Signed in; what the server calls us and the database. */
export interface SessionFacts {
  readonly role: string;
  readonly database: string;
}

interface Said {
  readonly said: string;
}

interface Timed {
  readonly seconds: number;
}

const quoted = (said: string): string => (said === '' ? '' : ` PostgreSQL says: ${said}`);
const name = quoteIdentifier;

/** A line of pg_hba.conf that would let us in. */
const hbaLine = ({ encrypted, database, username, egress }: SignInFacts): string =>
  (egress.length === 0 ? ['<address of this server>/32'] : egress)
    .map((address) => (address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`))
    .map(
      (address) =>
        `${encrypted ? 'hostssl' : 'host'} ${name(database)} ${name(username)} ${address} scram-sha-256`,
    )
    .join(' and ');

/** What can go wrong between an open connection and loaded rows on PostgreSQL. */
export const postgresFindings = {
  not_postgres: {
    when: 'Something else than PostgreSQL listens there.',
    message: (to) => `What answers at ${at(to)} does not speak the protocol of PostgreSQL.`,
    remedy: () =>
      'Check the port (PostgreSQL usually listens on 5432) and that no web proxy stands in between.',
  } satisfies FindingKind<Endpoint>,
  tls_request_failed: {
    when: 'The server answered the request for TLS with an error.',
    message: (to) => `${at(to)} answered the request for TLS with an error.`,
    remedy: () =>
      'The server has reached its limits or is in trouble: its log names the reason. Some poolers also answer so when they have no TLS.',
  } satisfies FindingKind<Endpoint>,
  closed_early: {
    when: 'The server closed the connection before signing in was done.',
    message: (to) => `${at(to)} closed the connection before signing in was done.`,
    remedy: (to) =>
      `Its log names the reason. A proxy or firewall in between may also do so: it must let ${renderEgress(to.egress)} in on port ${to.port}.`,
  } satisfies FindingKind<Endpoint>,
  sign_in_timeout: {
    when: 'The server accepted the connection and did not finish signing in in time.',
    message: (to) =>
      `${at(to)} accepted the connection but did not finish signing in within ${to.seconds} seconds.`,
    remedy: () =>
      'The server is hung or overloaded, or something in between swallows what is sent; check that it is PostgreSQL that listens on this port.',
  } satisfies FindingKind<Endpoint & Timed>,
  cleartext_password_refused: {
    when: 'The server asks for the password in clear text on a connection without TLS; it was not sent.',
    message: (to) =>
      `${at(to)} asks for the password in clear text on a connection without TLS, so it was not sent.`,
    remedy: () =>
      'Set ssl to true, or use scram-sha-256 instead of password, ldap, pam or radius in pg_hba.conf.',
  } satisfies FindingKind<SignInFacts>,
  sign_in_method_unsupported: {
    when: 'The server asks for a way of signing in other than a password (Kerberos, SSPI, certificates).',
    message: (to) => `${at(to)} asks for a way of signing in that is not supported.${quoted(to.said)}`,
    remedy: (to) => `Allow password sign-in in pg_hba.conf: ${hbaLine(to)}. Then reload the server.`,
  } satisfies FindingKind<SignInFacts>,
  server_not_genuine: {
    when: 'The server could not prove that it knows the password, as SCRAM asks of it.',
    message: (to) => `${at(to)} could not prove that it knows the password of ${name(to.username)}.`,
    remedy: () =>
      'Somebody may be standing between this server and the database. Check host and port, and set sslrootcert.',
  } satisfies FindingKind<SignInFacts>,
  wrong_password: {
    when: 'The password is wrong, or the user does not exist (PostgreSQL does not tell which).',
    message: (to) => `${at(to)} refused the password of user ${name(to.username)}.`,
    remedy: (to) =>
      `Check username and password, and that the role exists. An administrator can set it anew with \\password ${name(to.username)} in psql.`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  no_pg_hba_entry: {
    when: 'No line of pg_hba.conf lets us in with this user, database, address and encryption.',
    message: (to) =>
      `The pg_hba.conf of ${at(to)} lets user ${name(to.username)} not into database ${name(to.database)} from here ${to.encrypted ? 'with' : 'without'} TLS.${quoted(to.said)}`,
    remedy: (to) =>
      `${to.encrypted ? 'Add' : 'Set ssl to true if the server takes encrypted connections only; otherwise add'} to pg_hba.conf: ${hbaLine(to)}. Then reload it with SELECT pg_reload_conf();`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  role_missing: {
    when: 'The user does not exist on the server.',
    message: (to) => `There is no user ${name(to.username)} at ${at(to)}.`,
    remedy: (to) =>
      `Check username (upper and lower case count), or create it: CREATE ROLE ${name(to.username)} LOGIN PASSWORD '<password>';`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  role_cannot_log_in: {
    when: 'The role exists but may not log in.',
    message: (to) => `The role ${name(to.username)} at ${at(to)} may not log in.`,
    remedy: (to) => `Run as an administrator: ALTER ROLE ${name(to.username)} LOGIN;`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  sign_in_refused: {
    when: 'The server refused to let us in for another reason; its words are quoted.',
    message: (to) => `${at(to)} refused to let user ${name(to.username)} in.${quoted(to.said)}`,
    remedy: () => "The server's log usually says more. Check username, password and pg_hba.conf.",
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  database_missing: {
    when: 'The database does not exist on the server.',
    message: (to) => `There is no database ${name(to.database)} at ${at(to)}.`,
    remedy: (to) =>
      `Check database (upper and lower case count), or create it: CREATE DATABASE ${name(to.database)} OWNER ${name(to.username)};`,
  } satisfies FindingKind<SignInFacts>,
  connect_privilege_missing: {
    when: 'The user may not connect to the database.',
    message: (to) => `User ${name(to.username)} may not connect to database ${name(to.database)}.`,
    remedy: (to) =>
      `Run as the owner of the database: GRANT CONNECT ON DATABASE ${name(to.database)} TO ${name(to.username)};`,
    refused: true,
  } satisfies FindingKind<SignInFacts>,
  too_many_connections: {
    when: 'The server, the database or the role has no free connection left.',
    message: (to) => `${at(to)} has no free connection left.${quoted(to.said)}`,
    remedy: (to) =>
      `Close connections that are not used, or raise max_connections or the limit of the role (ALTER ROLE ${name(to.username)} CONNECTION LIMIT -1;).`,
  } satisfies FindingKind<SignInFacts>,
  server_not_ready: {
    when: 'The server is starting up, recovering or shutting down.',
    message: (to) => `${at(to)} does not take connections now.${quoted(to.said)}`,
    remedy: () => 'Wait until the server is up and check again; its log says how far it is.',
  } satisfies FindingKind<SignInFacts>,
  database_not_open: {
    when: 'The database is set to accept no connections.',
    message: (to) => `Database ${name(to.database)} at ${at(to)} accepts no connections.${quoted(to.said)}`,
    remedy: (to) => `Run as an administrator: ALTER DATABASE ${name(to.database)} ALLOW_CONNECTIONS true;`,
  } satisfies FindingKind<SignInFacts>,
  sign_in_failed: {
    when: 'Signing in failed for another reason; the words of the server are quoted.',
    message: (to) => `Signing in to ${at(to)} failed.${quoted(to.said)}`,
    remedy: () => "The server's log usually says more.",
  } satisfies FindingKind<SignInFacts>,

  other_product: {
    when: 'What answers speaks the protocol of PostgreSQL but is another product.',
    message: (to) => `This is ${to.product}, not PostgreSQL.`,
    remedy: (to) =>
      to.type === null
        ? `${to.product} lacks what loading needs; use a PostgreSQL server.`
        : `${to.product} belongs to the destination type ${to.type}; GET /v4/destination-types says whether this server can connect it.`,
  } satisfies FindingKind<{ product: string; type: string | null }>,
  version_too_old: {
    when: 'The server is older than PostgreSQL 9.6.',
    message: (to) => `The server is PostgreSQL ${to.version}; loading needs 9.6 or newer.`,
    remedy: () => 'Upgrade the server.',
  } satisfies FindingKind<{ version: string }>,
  read_only_server: {
    when: 'The server or the database takes no changes: a standby, or read-only by its settings.',
    message: (to) =>
      to.standby
        ? 'The server is a standby, which cannot be written to.'
        : 'Transactions are read-only here (default_transaction_read_only is on).',
    remedy: (to) =>
      to.standby
        ? 'Set host to the primary server, or to a name that always leads to it.'
        : `Run as an administrator whichever applies: ALTER ROLE ${name(to.role)} SET default_transaction_read_only = off; ALTER DATABASE ${name(to.database)} SET default_transaction_read_only = off; or turn it off in postgresql.conf. Managed servers also do this when their disk is full.`,
  } satisfies FindingKind<SessionFacts & { standby: boolean }>,
  encoding_not_utf8: {
    when: 'The database does not hold text as UTF-8.',
    message: (to) =>
      `The database holds text as ${to.encoding}: characters it does not know will be rejected.`,
    remedy: () => "Load into a database that was created with ENCODING 'UTF8'.",
  } satisfies FindingKind<{ encoding: string }>,

  create_on_database_missing: {
    when: 'The user may not create the schemas that data goes into.',
    message: (to) =>
      `User ${name(to.role)} may not create schemas in database ${name(to.database)}${to.schemas.length > 0 ? `; missing: ${to.schemas.map(name).join(', ')}` : ''}.`,
    remedy: (to) =>
      [
        `Run as the owner of the database: GRANT CREATE ON DATABASE ${name(to.database)} TO ${name(to.role)};`,
        ...(to.schemas.length > 0 ? ['or make them:'] : []),
        ...to.schemas.map((schema) => `CREATE SCHEMA ${name(schema)} AUTHORIZATION ${name(to.role)};`),
      ].join(' '),
    refused: true,
  } satisfies FindingKind<SessionFacts & { schemas: readonly string[] }>,
  schema_privilege_missing: {
    when: 'The schema of a source exists, but the user may not create tables in it.',
    message: (to) =>
      `User ${name(to.role)} may not create tables in ${to.schemas.length === 1 ? 'schema' : 'the schemas'} ${to.schemas.map(name).join(', ')}.`,
    remedy: (to) =>
      `Run as the owner: ${to.schemas.map((schema) => `GRANT USAGE, CREATE ON SCHEMA ${name(schema)} TO ${name(to.role)};`).join(' ')}`,
    refused: true,
  } satisfies FindingKind<SessionFacts & { schemas: readonly string[] }>,
  table_of_another_owner: {
    when: 'Tables that loads would write to belong to another role.',
    message: (to) =>
      `${to.tables.length === 1 ? 'A table belongs' : 'Tables belong'} to another role, so that no columns can be added: ${to.tables.map((table) => `${table.name} (${name(table.owner)})`).join(', ')}.`,
    remedy: (to) =>
      `Run as an administrator: ${to.tables.map((table) => `ALTER TABLE ${table.name} OWNER TO ${name(to.role)};`).join(' ')}`,
  } satisfies FindingKind<SessionFacts & { tables: readonly { name: string; owner: string }[] }>,
  temporary_missing: {
    when: 'The user may not create temporary tables; loads then stage rows in tables of their own.',
    message: (to) => `User ${name(to.role)} may not create temporary tables; loading is slower without.`,
    remedy: (to) =>
      `Run as the owner of the database: GRANT TEMPORARY ON DATABASE ${name(to.database)} TO ${name(to.role)};`,
  } satisfies FindingKind<SessionFacts>,

  permission_denied: {
    when: 'The server refused a statement of a check or a load for lack of a privilege.',
    message: (to) => `The server refused a statement for lack of a privilege.${quoted(to.said)}`,
    remedy: (to) =>
      [
        ...(to.schema === undefined
          ? []
          : [
              `Run as the owner of the schema: GRANT USAGE, CREATE ON SCHEMA ${name(to.schema)} TO ${name(to.role)}; or, where it does not exist yet:`,
            ]),
        `Run as the owner of the database: GRANT CREATE, TEMPORARY ON DATABASE ${name(to.database)} TO ${name(to.role)};`,
      ].join(' '),
    refused: true,
  } satisfies FindingKind<SessionFacts & Said & { schema?: string }>,
  disk_full: {
    when: 'The disk of the server is full.',
    message: (to) => `The server has no disk space left.${quoted(to.said)}`,
    remedy: () => 'Free space on the disk of the server, or make it larger.',
  } satisfies FindingKind<Said>,
  out_of_resources: {
    when: 'The server ran out of memory or another of its limits.',
    message: (to) => `The server has reached one of its limits.${quoted(to.said)}`,
    remedy: () => 'Raise the limit that the server names, or lower what else runs on it.',
  } satisfies FindingKind<Said>,
  blocked_by_lock: {
    when: 'A lock that somebody else holds was not given up in time.',
    message: (to) => `Another session holds a lock that loading needs.${quoted(to.said)}`,
    remedy: () =>
      'Find it with SELECT pid, state, query FROM pg_stat_activity WHERE pid = ANY (SELECT unnest(pg_blocking_pids(pid)) FROM pg_stat_activity); and end it.',
  } satisfies FindingKind<Said>,
  statement_too_slow: {
    when: 'The server cancelled a statement of the check because it took too long.',
    message: (to) => `A statement of the check took too long and was cancelled.${quoted(to.said)}`,
    remedy: () => 'The server is overloaded, or statement_timeout is set too low for this user.',
  } satisfies FindingKind<Said>,
  connection_lost: {
    when: 'The connection broke after signing in.',
    message: (to) => `The connection to ${at(to)} was lost.${quoted(to.said)}`,
    remedy: () =>
      'The server, a pooler or something in between ended it: its log names the reason. Check again.',
  } satisfies FindingKind<Endpoint & Said>,
  no_answer: {
    when: 'The server stopped answering in the middle of the check.',
    message: (to) =>
      `${at(to)} did not answer within ${to.seconds} seconds. What was begun has been cancelled.`,
    remedy: () =>
      'The server is hung or overloaded, waits for a lock, or something in between swallows what is sent.',
  } satisfies FindingKind<Endpoint & Timed>,
  rows_not_as_written: {
    when: 'The rows that were read back differ from those that were loaded.',
    message: () => 'The rows that were read back differ from those that were loaded.',
    remedy: () => 'Look for event triggers or rules in the database that change what is written.',
  } satisfies FindingKind<object>,
  statement_failed: {
    when: 'The server refused a statement of the check for another reason; its words are quoted.',
    message: (to) => `The server refused a statement.${quoted(to.said)}`,
    remedy: () => "Look into the server's log, and for event triggers or extensions that forbid statements.",
  } satisfies FindingKind<Said>,
} as const;

export const postgresFinding = findingMaker(postgresFindings);
